-- How far jobs are that have not ended and whose handlers have reported that. Locks nothing. A function for its settings: see start_job.
create or replace function ${schema}.find_progress(p_ids bigint[])
returns table (id bigint, done bigint, total bigint, message text, written_at timestamptz)
language plpgsql stable
${row_by_row}
as $$
#variable_conflict use_column
begin
    return query
    select p.job_id, p.done, p.total, p.message, p.written_at
    from unnest(p_ids) as w (id) cross join lateral (
        select o.* from ${schema}.job_progress o where o.job_id = any (array[w.id]) limit 1
    ) p cross join lateral (
        select true as is_there from ${schema}.job j where j.id = any (array[w.id]) limit 1
    ) j;
end
$$;
