-- Forgets which jobs with a key are held where that is true no more, among p_limit rows after the given one. Locks: those rows. A claim may
-- have taken the job again meanwhile: then its row is another one, and stays.
-- Where others were passed over for a job whose row is forgotten, nodes are told: whoever has ended it would no longer learn of them.
-- Returns how many there were, and after which to go on, null if that were all.
create or replace function ${schema}.sweep_holds(
    p_queue integer, p_line bigint, p_id bigint, p_limit integer,
    out seen bigint, out next_queue integer, out next_line bigint, out next_id bigint)
language plpgsql
${row_by_row}
as $$
begin
    with looked as materialized (
        select o.queue_id, o.line, o.id, o.seq, o.claim_id, row_number() over () as place
        from (
            select w.*
            from ${schema}.key_hold w
            where (w.queue_id, w.line, w.id) > (p_queue, p_line, p_id)
            order by w.queue_id, w.line, w.id
            limit p_limit
        ) o
    ), forgotten as (
        delete from ${schema}.key_hold h
        using looked l
        where h.queue_id = l.queue_id and h.line = l.line and h.id = l.id and h.seq = l.seq and h.claim_id = l.claim_id
            and not ${still_held(l)}
        returning h.queue_id, h.line, h.wanted
    ), told as materialized (
        select ${schema}.tell_of_lines(f.queue_id, array_agg(f.line)) from forgotten f where f.wanted group by f.queue_id
    )
    select n.seen, n.next_queue, n.next_line, n.next_id
    into seen, next_queue, next_line, next_id
    from (
        select count(*) as seen, max(l.queue_id) filter (where l.place = p_limit) as next_queue,
            max(l.line) filter (where l.place = p_limit) as next_line, max(l.id) filter (where l.place = p_limit) as next_id
        from looked l
    ) n cross join (select count(*) from told) t;
end
$$;
