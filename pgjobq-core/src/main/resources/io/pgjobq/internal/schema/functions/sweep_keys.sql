-- Forgets keys that nobody has any more, among p_limit of them from the given one on. Locks: those rows, skipping what somebody
-- else has locked. Their jobs are looked at by a statement of its own after that, since somebody may just have taken one.
-- Returns how many there were, and with which key to go on, null if that were all.
create or replace function ${schema}.sweep_keys(
    p_queue integer, p_key text, p_limit integer, out seen bigint, out next_queue integer, out next_key text)
language plpgsql
${row_by_row}
as $$
declare
    v_queues integer[];
    v_keys text[];
    v_free ${schema}.job_key;
begin
    select count(*), array_agg(s.queue_id) filter (where s.over), array_agg(s.key::text) filter (where s.over),
        max(s.queue_id) filter (where s.place = p_limit), max(s.key::text) filter (where s.place = p_limit)
    into seen, v_queues, v_keys, next_queue, next_key
    from (
        select k.queue_id, k.key, row_number() over () as place,
            coalesce(k.free_at < clock_timestamp(), true)
            and not exists (select from ${schema}.job j where j.id = k.job_id) as over
        from (
            select w.*
            from ${schema}.job_key w
            where (w.queue_id, w.key) > (p_queue, p_key)
            order by w.queue_id, w.key
            limit p_limit
        ) k
    ) s;
    if v_queues is null then
        return;
    end if;
    for v_free in
        select k.*
        from ${schema}.job_key k
        where (k.queue_id, k.key) in (select unnest(v_queues), unnest(v_keys))
        order by k.queue_id, k.key
        for update skip locked
    loop
        delete from ${schema}.job_key k
        where k.queue_id = v_free.queue_id and k.key = v_free.key and coalesce(k.free_at < clock_timestamp(), true)
            and not exists (select from ${schema}.job j where j.id = k.job_id);
    end loop;
end
$$;
