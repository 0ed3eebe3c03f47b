-- The key and the line that a job, as j, has in queue $1: none where keys say nothing.
key = case when j.key is not null and exists (select from ${schema}.queue q where q.id = $1 and q.per_key is not null) then j.key end,
                line = case when j.key is not null and exists (select from ${schema}.queue q where q.id = $1 and q.per_key is not null) then j.line end