-- How jobs ended. Locks nothing. One snapshot for both tables: a job that is in neither is not known. The limits keep the
-- look-ups apart: joined, they would be planned as one walk over the whole history and all rows of the hot table, dead ones
-- included. A function for its settings: see payload.
create or replace function ${schema}.outcomes(p_ids bigint[])
returns table (id bigint, state ${schema}.job_state, attempts smallint, started_at timestamptz, finished_at timestamptz,
    result bytea, error jsonb, exists_yet boolean)
language plpgsql stable
${row_by_row}
as $$
begin
    return query
    select w.id, f.state, f.attempts, f.started_at, f.finished_at, f.result, f.error,
        coalesce((select true from ${schema}.job j where j.id = w.id limit 1), false)
    from unnest(p_ids) as w (id) left join lateral (
        select e.state, e.attempts, e.started_at, e.finished_at, e.result, e.errors -> -1 as error
        from ${schema}.finished_job e
        where e.id = w.id
        limit 1
    ) f on true;
end
$$;
