-- Creates the partitions that will be needed in the next three days. Locks: an advisory lock, so that one node does it at a
-- time, and the history table in a mode that lets others read and write (a partition is made beside it and then attached). Runs with
-- the rights of the schema's owner, since only that may make partitions: it takes no argument, and builds names of dates.
-- Ahead by hours, since a day of the session's time zone may have 25 of them and step over a day.
create or replace function ${schema}.maintain_history() returns void
language plpgsql security definer
${pinned}
as $$
declare
    v_day date;
    v_name text;
begin
    perform pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, -2);
    for v_day in
        select distinct ${schema}.drop_on(clock_timestamp() + d.ahead * interval '24 hours', k.keep)
        from (
            select q.keep_succeeded as keep from ${schema}.queue q
            union select q.keep_dead from ${schema}.queue q
            union values (interval '0'), (interval '1 day'), (interval '30 days')
        ) k cross join generate_series(0, 3) as d (ahead)
    loop
        v_name := 'finished_job_' || to_char(v_day, 'YYYYMMDD');
        if to_regclass('${schema}.' || v_name) is null then
            execute format('create table ${schema}.%I (like ${schema}.finished_job including all)', v_name);
            execute format('alter table ${schema}.%I add constraint %I check (drop_on = %L)', v_name, v_name || '_day', v_day);
            execute format('alter table ${schema}.finished_job attach partition ${schema}.%I for values in (%L)',
                v_name, v_day);
        end if;
    end loop;
end
$$;
