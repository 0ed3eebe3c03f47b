-- Takes up to p_limit jobs of a queue, lane by lane. Locks: the queue's transaction-scoped advisory lock, so that claims on
-- one queue come one after the other, each with a snapshot taken after its predecessor's commit. Safe because it is called
-- as one autocommit statement: no client can freeze while it holds the lock. Jobs and claims are read by one statement,
-- that is, in one snapshot: reading them in two could take a job twice. The commit is asynchronous: a claim that a crash of
-- the server forgets only means that its jobs are claimed again and the old holder is fenced.
-- Suspects (see the job table) are passed over in their lanes, and taken one at a time from a lane of their own, number 10:
-- so whoever dies of one takes few others along.
-- A payload of more than 32 KiB is not read here, which would hold the lock, but when its job starts: however many jobs a
-- node holds, they fit into its memory.
-- Returns the jobs, and for each lane that was emptied a row without a job, whose next_seq is where to go on.
create or replace function ${schema}.claim(
    p_queue integer, p_node integer, p_claim bigint, p_limit integer, p_lanes smallint[], p_from bigint[], p_types text[])
returns table (lane smallint, next_seq bigint, claim_id bigint, id bigint, seq bigint, attempt smallint,
    enqueued_at timestamptz, type text, payload bytea, attributes jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_left integer := p_limit;
    v_count integer;
    v_paused boolean;
    v_registered boolean;
    v_commit text;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'claim needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if;
    perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p_queue);
    select q.paused, exists (select from ${schema}.node n where n.id = p_node) into v_paused, v_registered
    from ${schema}.queue q
    where q.id = p_queue and q.deleted_xid is null;
    if not v_registered then
        raise exception 'node % is not registered', p_node using errcode = 'PJ001';
    end if;
    if v_paused is null then
        raise exception 'queue % does not exist', p_queue using errcode = 'PJ003';
    end if;
    if v_paused then
        return;
    end if;
    -- Assigned, not performed: that starts no executor.
    v_commit := set_config('synchronous_commit', 'off', true);
    for i in 1 .. cardinality(p_lanes) loop
        if p_lanes[i] = 10 then
            return query
            with taken as materialized (
                select unnest(c.seqs) as seq from ${schema}.claim c where c.queue_id = p_queue
            ), picked as materialized (
                select j.id, j.seq, j.priority, j.attempt, j.enqueued_at, j.type, j.payload, j.attributes
                from ${schema}.job j
                where j.queue_id = p_queue and j.rescues >= 2 and j.seq is not null
                    and (p_types is null or j.type = any (p_types))
                    and j.seq not in (select t.seq from taken t)
                order by j.priority, j.seq
                limit 1
            ), made as (
                insert into ${schema}.claim (id, node_id, queue_id, priority, max_seq, seqs)
                select p_claim + i, p_node, p_queue, p.priority, p.seq, array[p.seq::bigint]
                from picked p
            )
            select p.priority::smallint, p.seq + 1, p_claim + i, p.id, p.seq::bigint, p.attempt::smallint,
                p.enqueued_at::timestamptz, p.type::text, case when octet_length(p.payload) <= 32768 then p.payload::bytea end, p.attributes::jsonb
            from picked p;
            get diagnostics v_count = row_count;
            v_left := v_left - v_count;
            exit when v_left = 0;
            continue;
        end if;
        return query
        with taken as materialized (
            select unnest(c.seqs) as seq
            from ${schema}.claim c
            where c.queue_id = p_queue and c.priority = p_lanes[i] and c.max_seq >= p_from[i]
        ), picked as materialized (
            select j.id, j.seq, j.attempt, j.enqueued_at, j.type, j.payload, j.attributes
            from ${schema}.job j
            where j.queue_id = p_queue and j.priority = p_lanes[i] and j.seq >= p_from[i]
                and (j.rescues >= 2) is not true
                and (p_types is null or j.type = any (p_types))
                and j.seq not in (select t.seq from taken t)
            order by j.seq
            limit v_left
        ), made as (
            insert into ${schema}.claim (id, node_id, queue_id, priority, max_seq, seqs)
            select p_claim + i, p_node, p_queue, p_lanes[i], max(p.seq), array_agg(p.seq::bigint)
            from picked p
            having count(*) > 0
        )
        select p_lanes[i], p.seq + 1, p_claim + i, p.id, p.seq::bigint, p.attempt::smallint, p.enqueued_at::timestamptz,
            p.type::text, case when octet_length(p.payload) <= 32768 then p.payload::bytea end, p.attributes::jsonb
        from picked p;
        get diagnostics v_count = row_count;
        v_left := v_left - v_count;
        exit when v_left = 0;
        lane := p_lanes[i];
        select c.max_seq + 1 into next_seq
        from ${schema}.claim c
        where c.queue_id = p_queue and c.priority = p_lanes[i] and c.max_seq >= p_from[i]
        order by c.max_seq desc
        limit 1;
        next_seq := coalesce(next_seq, p_from[i]);
        claim_id := null;
        id := null;
        return next;
    end loop;
end
$$;
