-- Writes how far jobs are that a node holds; see the function of that name for its locks. Alone in its transaction.
select id, done, total, message, written_at, awaited from ${schema}.record_progress(?, ?, ?, ?, ?, ?)
