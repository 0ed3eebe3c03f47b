-- Payloads of the jobs of lane v_lane in seqs that are too large to be put together, a row each.
if array_position(sizes, null) is not null then
            return query
            select null::smallint, null::bigint, null::bigint, null::bigint, array[j.seq::bigint], null::bigint[], null::smallint[],
                null::bytea, null::bytea, null::text[], null::integer[], j.payload::bytea, null::text[]
            from ${schema}.job j
            where j.queue_id = p_queue and j.lane = v_lane
                and j.seq between seqs[1] and seqs[cardinality(seqs)] and (j.seq in (select unnest(claim.seqs))) is true
                and octet_length(j.payload) between 501 and 32768 and j.asks is null;
        end if
