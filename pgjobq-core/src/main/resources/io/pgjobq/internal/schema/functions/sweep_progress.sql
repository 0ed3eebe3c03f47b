-- Forgets the progress of jobs that are gone, among p_limit of them after the given one. Locks: those rows, skipping what somebody else
-- has locked. Whoever has written a row's latest version held the job then: so a job that a statement does not see has ended.
-- Returns how many rows there were, and after which job to go on, null if that were all.
create or replace function ${schema}.sweep_progress(p_after bigint, p_limit integer, out seen bigint, out next_job bigint)
language plpgsql
${row_by_row}
as $$
declare
    v_gone bigint[];
begin
    select count(*), case when count(*) = p_limit then max(w.job_id) end, array_agg(w.job_id) filter (where w.gone)
    into seen, next_job, v_gone
    from (
        select p.job_id, not exists (select from ${schema}.job j where j.id = any (array[p.job_id])) as gone
        from (
            select o.job_id from ${schema}.job_progress o where o.job_id > p_after order by o.job_id limit p_limit
        ) p
    ) w;
    if v_gone is not null then
        delete from ${schema}.job_progress p
        where p.job_id = any (array(
            select o.job_id
            from ${schema}.job_progress o
            where o.job_id = any (v_gone) and not exists (select from ${schema}.job j where j.id = any (array[o.job_id]))
            order by o.job_id
            for update skip locked));
    end if;
end
$$;
