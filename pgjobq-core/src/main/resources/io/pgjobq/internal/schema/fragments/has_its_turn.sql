-- Whether a job with a key, as $1, may be taken now, as far as others with the same key are concerned: of those $2 may be held, and in an
-- order $3, if that is not null.
((
                        select count(*)
                        from ${schema}.key_hold o
                        where o.queue_id = $1.queue_id and o.line = $1.line and o.id <> $1.id and ${still_held(o)}
                    ) < $2
                    and ($3 is null or not exists (
                        select from ${schema}.job b
                        where b.queue_id = $1.queue_id and b.line = $1.line and b.id < $1.id)))