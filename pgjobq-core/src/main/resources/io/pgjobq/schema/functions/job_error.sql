-- One attempt's error as it is kept in job.errors. Locks nothing.
create or replace function ${schema}.job_error(
    p_attempt integer, p_at timestamptz, p_type text, p_message text, p_stack text)
returns jsonb
language sql stable
return jsonb_build_array(jsonb_build_object(
    'attempt', p_attempt, 'at', p_at, 'type', p_type, 'message', p_message, 'stack', p_stack));
