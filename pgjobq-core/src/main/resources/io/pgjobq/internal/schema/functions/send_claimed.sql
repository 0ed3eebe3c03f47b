-- Inserts a job together with the claim of the node that sends it, so that it starts there as soon as this has committed. It
-- does what sending and then claiming from p_from on would do, in one snapshot: the job is claimed only if no job of its
-- queue that is as urgent, or more, is to be seen from there on; whether those are taken does not matter, as the node then
-- asks for jobs anyway. Of a queue with limits none is claimed, since nobody counts here. Otherwise the job is inserted as any other.
-- Locks: in shared mode, if it can be had at once, the queue's other advisory lock, which pausing takes, so that a job which
-- starts has been committed when pausing returns. Claims don't wait for it. Nobody can take the job twice: whoever sees it
-- sees its claim. Called as one autocommit statement, so that no client can freeze while it holds the lock.
-- p_from goes from lane 0 to that of the job. No row: the queue is gone.
create or replace function ${schema}.send_claimed(
    p_queue integer, p_node integer, p_token bigint, p_claim bigint, p_from bigint[], p_awaited boolean, p_type text,
    p_payload bytea, p_attributes text)
returns table (id bigint, claimed boolean, enqueued_at timestamptz)
language plpgsql
${along_indexes}
as $$
#variable_conflict use_column
declare
    v_lane smallint := cardinality(p_from) - 1;
    v_free boolean;
begin
    ${read_committed_alone(send_claimed)};
    v_free := pg_try_advisory_xact_lock_shared('${schema}.queue'::regclass::oid::integer, p_queue);
    return query
    with target as materialized (
        select nextval('${schema}.job_seq'::regclass) as id,
            v_free and not q.paused and q.most_running is null and q.rate_starts is null
            and exists (select from ${schema}.node n where n.id = p_node and n.token = p_token)
            and (
                select bool_or((
                    select true from ${schema}.job j
                    where j.queue_id = p_queue and j.lane = (l.place - 1)::smallint and j.seq >= l.seq
                    limit 1))
                from unnest(p_from) with ordinality as l (seq, place)) is null as claimed
        from ${schema}.queue q
        where q.id = p_queue and q.deleted_xid is null
    ), made as (
        insert into ${schema}.claim (id, node_id, queue_id, lane, max_seq, seqs)
        select p_claim, p_node, p_queue, v_lane, t.id, array[t.id] from target t where t.claimed
    )
    insert into ${schema}.job as j (id, seq, queue_id, lane, awaited, type, payload, attributes)
    select t.id, t.id, p_queue, v_lane, p_awaited, p_type, p_payload, p_attributes::jsonb from target t
    returning j.id, (select t.claimed from target t), j.enqueued_at::timestamptz;
end
$$;
