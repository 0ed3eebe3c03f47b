-- The attributes of a job that schedule $2 sends with attributes $1, for time $3, after time $4.
coalesce($1::jsonb, '{}'::jsonb) || jsonb_strip_nulls(jsonb_build_object(
                        'pgjobq.schedule', $2,
                        'pgjobq.scheduled-at', to_char($3 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                        'pgjobq.previously-at', to_char($4 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
