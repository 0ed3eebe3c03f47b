-- Tells nodes that there may be jobs to take in lines of a queue, as those in front of them are gone which nobody held. Locks nothing but
-- what a notification does at the commit.
create or replace function ${schema}.tell_of_lines(p_queue integer, p_lines bigint[]) returns void
language plpgsql
${pinned}
as $$
begin
    perform pg_notify('${schema}_jobs', 'k' || p_queue || ':' || t.line)
    from (select distinct l.line from unnest(p_lines) as l (line) where l.line > 0 limit 1000) t;
end
$$;
