-- Takes a key for a job that is being stored by the same transaction, unless it is taken. Locks: the key's row, until the
-- caller's transaction ends, if the key was free, or will be once its job starts: so that this job can't start, nor anybody else
-- take the key, before what the caller relies on is committed or not. Waits for others who do the same with that key. The job
-- is looked at by a statement of its own after that: in the snapshot of the statement that locks it might not be there yet.
-- Returns the job that has the key, null if it was free and is the given job's now.
create or replace function ${schema}.take_key(
    p_queue integer, p_key text, p_job bigint, p_until_started boolean, p_free_at timestamptz)
returns bigint
language plpgsql
${row_by_row}
as $$
declare
    v_key ${schema}.job_key;
    v_locked boolean := false;
begin
    loop
        insert into ${schema}.job_key as k (queue_id, key, job_id, until_started, free_at)
        values (p_queue, p_key, p_job, p_until_started, p_free_at)
        on conflict (queue_id, key) do nothing;
        if found then
            return null;
        end if;
        if v_locked then
            select k.* into v_key from ${schema}.job_key k where k.queue_id = p_queue and k.key = p_key for update;
        else
            select k.* into v_key from ${schema}.job_key k where k.queue_id = p_queue and k.key = p_key;
        end if;
        continue when not found;
        if coalesce(v_key.free_at > clock_timestamp(), exists (select from ${schema}.job j where j.id = v_key.job_id)) then
            if v_locked or not v_key.until_started then
                return v_key.job_id;
            end if;
        elsif v_locked then
            update ${schema}.job_key k
            set job_id = p_job, until_started = p_until_started, free_at = p_free_at
            where k.queue_id = p_queue and k.key = p_key;
            return null;
        end if;
        -- It seems to be free, or will be once its job starts: to be sure of that, or to prevent it, needs the lock.
        v_locked := true;
    end loop;
end
$$;
