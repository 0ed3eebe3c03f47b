-- Lets a schedule be looked at later, if it is as it was seen. Locks its row.
update ${schema}.schedule s
set due_at = clock_timestamp() + ?::bigint::double precision * interval '1 millisecond'
where s.name::text = ?::text and s.version = ?::integer and s.next_at = ?::timestamptz and not s.paused
