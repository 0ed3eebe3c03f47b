-- Records attempts that did not succeed; see the function of that name for its locks. Alone in its transaction.
select id, ended, awaited, at from ${schema}.settle_failed(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
