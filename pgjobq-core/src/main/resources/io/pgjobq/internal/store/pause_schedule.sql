-- Pauses a schedule. Locks its row. No row: there is none of that name.
update ${schema}.schedule s set paused = true, due_at = null, version = s.version + 1 where s.name::text = ?::text returning s.version
