-- What a claim reads of a job.
select j.seq, j.id, j.attempt, j.enqueued_at, j.ready_at, j.type,
                case when j.asks is null then octet_length(j.payload) end as size, j.payload, j.attributes
            from ${schema}.job j
