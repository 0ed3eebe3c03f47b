-- What a job needs when it starts that did not come along with the claim; see the function of that name for its locks. Alone in its
-- transaction.
select payload, left_millis from ${schema}.start_job(?, ?, ?)
