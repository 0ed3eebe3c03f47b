-- The errors of a job with one attempt's added, the latest 100 of them: as many as a job has attempts at most, so that only one
-- that was redriven forgets any. Locks nothing.
create or replace function ${schema}.append_error(
    p_errors jsonb, p_attempt integer, p_at timestamptz, p_type text, p_message text, p_stack text)
returns jsonb
language sql stable
return case
    when jsonb_array_length(p_errors) >= 100 then jsonb_path_query_array(p_errors, '$[last - 98 to last]')
    else coalesce(p_errors, '[]')
end || jsonb_build_array(jsonb_build_object(
    'attempt', p_attempt, 'at', p_at, 'type', p_type, 'message', p_message, 'stack', p_stack));
