-- Records failed attempts; see the function of that name for its locks. Alone in its transaction.
select id, dead, awaited, at from ${schema}.settle_failed(?, ?, ?, ?, ?, ?, ?, ?, ?)
