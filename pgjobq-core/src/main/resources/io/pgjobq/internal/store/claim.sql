-- Takes jobs; see the function of that name for its locks. Alone in its transaction.
select priority, claim_id, next_seq, look, seqs, ids, attempts, sent, ready, types, sizes, payloads, attributes
from ${schema}.claim(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
