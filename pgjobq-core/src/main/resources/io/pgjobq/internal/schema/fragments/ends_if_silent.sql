-- Lets the server end this transaction if nothing follows in it before the node that made claim $1 would be declared dead: a
-- process that is frozen or cut off would hold its claims for ever.
perform set_config('idle_in_transaction_session_timeout',
        ceil(extract(epoch from n.silence_allowed * 0.8) * 1000)::text, true)
    from ${schema}.node n
    where n.id = $1 >> 37
        and (current_setting('idle_in_transaction_session_timeout')::interval = interval '0'
            or current_setting('idle_in_transaction_session_timeout')::interval > n.silence_allowed * 0.8)
