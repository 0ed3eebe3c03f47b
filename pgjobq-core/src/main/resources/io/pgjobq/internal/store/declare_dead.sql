-- Declares nodes dead: those that were silent for too long, and, if quick, those that missed a heartbeat and whose process
-- no longer holds its lock. Both signals are needed, so that neither a pause nor a lost connection alone is a death. Locks
-- the dead nodes' rows, and each one's advisory lock for the moment of the look.
delete from ${schema}.node n
where n.id <> ? and case
    when n.heartbeat_at < clock_timestamp() - n.silence_allowed then true
    when not ? or not n.session_lock or n.heartbeat_at >= clock_timestamp() - n.heartbeat_every * 1.5::double precision then false
    else pg_try_advisory_xact_lock('${schema}.node'::regclass::oid::integer, n.id)
    end
returning n.id, n.name
