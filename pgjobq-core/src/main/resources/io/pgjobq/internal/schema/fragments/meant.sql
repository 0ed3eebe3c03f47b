-- Whether a job, as $1, is one that is asked for: it has the type, the attributes and a last error with the text, and was sent in the
-- time; where none of those is given, any. Null is no.
${has_type($1.type, p_type)} and (p_attributes is null or $1.attributes @> p_attributes)
                and (p_error is null or strpos($1.errors -> -1 ->> 'type', p_error) > 0
                    or strpos($1.errors -> -1 ->> 'message', p_error) > 0)
                and (p_sent_from is null or $1.enqueued_at >= p_sent_from)
                and (p_sent_before is null or $1.enqueued_at < p_sent_before)
