-- Inserts one job, claimed if that is as it would be in its turn; see the function of that name for its locks. Alone in its
-- transaction.
select id, claimed, enqueued_at from ${schema}.send_claimed(?, ?, ?, ?, ?, ?, ?, ?, ?)
