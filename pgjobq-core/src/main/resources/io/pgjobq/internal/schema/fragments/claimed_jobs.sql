-- The columns of jobs, as p, that a claim gives to its node; an array for each.
select array_agg(p.seq::bigint), array_agg(nullif(p.id, p.seq)), array_agg(nullif(p.attempt::smallint, 0::smallint)),
            string_agg(timestamptz_send(p.enqueued_at), ''),
            string_agg(int8send(p.seq) || timestamptz_send(p.ready_at), '') filter (where p.ready_at is not null),
            array_agg(p.type::text),
            array_agg(case when p.size <= 500 then p.size end),
            string_agg(case when p.size <= 500 then p.payload::bytea end, ''),
            array_agg(p.attributes::text)
        into seqs, ids, attempts, sent, ready, types, sizes, payloads, attributes
