-- Deletes a schedule; its jobs stay. Locks its row. No row: there is none of that name.
delete from ${schema}.schedule s where s.name::text = ?::text returning s.name
