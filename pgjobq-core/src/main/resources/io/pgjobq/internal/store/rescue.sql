-- Frees what dead nodes held; see the function of that name for its locks. Alone in its transaction.
select queue_id, priority, seq, rescued, quarantined, died, awaited from ${schema}.rescue(?)
