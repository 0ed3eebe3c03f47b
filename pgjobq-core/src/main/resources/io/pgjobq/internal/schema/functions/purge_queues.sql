-- Removes up to p_limit jobs and as many claims of deleted queues, and the queues themselves once no transaction that could
-- have sent to them is left (see the table). Locks the rows that it
-- deletes, in no order, since it waits for nobody: those that a handler's transaction holds are left for the next time. Jobs that somebody waits for are kept as cancelled. Finds jobs along the
-- indexes of their queues, so that it costs nothing where none was deleted, however many jobs there are.
-- Returns the jobs that somebody waits for, and whether there may be more to remove.
create or replace function ${schema}.purge_queues(p_limit integer, out awaited bigint[], out more boolean)
language plpgsql
${row_by_row}
as $$
declare
    v_gone integer[] := array(select q.id from ${schema}.queue q where q.deleted_xid is not null);
    v_ids bigint[];
    v_seqs bigint[];
    v_claims bigint;
begin
    more := false;
    if cardinality(v_gone) = 0 then
        return;
    end if;
    with gone as materialized (
        select j.id, j.seq::bigint from ${schema}.job j where j.queue_id = any (v_gone) limit p_limit for update skip locked
    )
    select array_agg(l.id), array_agg(l.seq) into v_ids, v_seqs from (select g.* from gone g order by g.id) l;
    select coalesce(e.awaited, '{}') into purge_queues.awaited
    from ${schema}.end_jobs(
        'cancelled', clock_timestamp(), v_ids, v_seqs, null, null, null, null, null, null, null) e;
    delete from ${schema}.claim c
    where c.id = any (array(
        select l.id from ${schema}.claim l where l.queue_id = any (v_gone) order by l.id limit p_limit
        for update skip locked));
    get diagnostics v_claims = row_count;
    delete from ${schema}.queue_rate r where r.queue_id = any (v_gone);
    delete from ${schema}.queue q
    where q.id = any (v_gone) and q.deleted_xid < pg_snapshot_xmin(pg_current_snapshot())
        and q.deleted_at < clock_timestamp() - interval '1 day'
        -- Not "exists", which the planner may make a join of that reads all jobs.
        and (select true from ${schema}.job j where j.queue_id = q.id limit 1) is null;
    more := coalesce(cardinality(v_ids), 0) >= p_limit or v_claims >= p_limit;
end
$$;
