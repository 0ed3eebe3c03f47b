-- Takes jobs; see the function of that name for its locks. Alone in its transaction.
select lane, next_seq, claim_id, id, seq, attempt, enqueued_at, type, payload, attributes
from ${schema}.claim(?, ?, ?, ?, ?, ?, ?, ?, ?)
