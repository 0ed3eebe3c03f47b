-- Drops one partition whose day has come; call again until it returns null. Locks: an advisory lock, so that one node does
-- it at a time, and the history table exclusively, but only if it gets it within 100 milliseconds: a long reader makes the
-- drop wait for a later call instead of making everybody wait for the drop. Returns the partition's name.
-- Runs with the rights of the schema's owner, since only that may drop partitions: it takes no argument, and drops only
-- partitions of the history whose day has come.
create or replace function ${schema}.drop_history() returns text
language plpgsql security definer
${pinned}
set lock_timeout = '100ms'
as $$
declare
    v_name text;
begin
    if not pg_try_advisory_xact_lock('${schema}.job'::regclass::oid::integer, -2) then
        return null;
    end if;
    select c.relname into v_name
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = '${schema}.finished_job'::regclass
        and case when c.relname ~ '^finished_job_[0-9]{8}$' then to_date(right(c.relname, 8), 'YYYYMMDD') end <= (clock_timestamp() at time zone 'UTC')::date
    order by c.relname
    limit 1;
    if v_name is not null then
        execute format('drop table ${schema}.%I', v_name);
    end if;
    return v_name;
exception when lock_not_available then
    return null;
end
$$;
