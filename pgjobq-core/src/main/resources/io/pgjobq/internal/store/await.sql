-- Marks jobs as waited for; see the function of that name for its locks. Returns the ids that have not ended.
select id from ${schema}.await(?)
