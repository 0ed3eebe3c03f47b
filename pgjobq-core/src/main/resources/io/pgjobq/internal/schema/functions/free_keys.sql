-- Forgets that jobs were held which are so no more: those with p_ids in lines p_lines, which go together. Locks: their rows, which nobody
-- else has, as the caller has the queue's lock. A job that is held still, or again, is passed over.
-- Returns the lines in which others could not be taken meanwhile.
create or replace function ${schema}.free_keys(p_queue integer, p_lines bigint[], p_ids bigint[]) returns bigint[]
language plpgsql
${row_by_row}
as $$
declare
    v_lines bigint[];
begin
    with freed as (
        delete from ${schema}.key_hold h
        using unnest(p_lines, p_ids) as e (line, id)
        where h.queue_id = p_queue and h.line = e.line and h.id = e.id and not ${still_held(h)}
        returning h.line, h.wanted
    )
    select array_agg(distinct f.line) into v_lines from freed f where f.wanted;
    return coalesce(v_lines, '{}');
end
$$;
