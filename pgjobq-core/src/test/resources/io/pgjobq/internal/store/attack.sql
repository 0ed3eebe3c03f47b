-- What somebody who may create things in public leaves there: every operator and function that pgjobq's statements name, for
-- all types for which pg_catalog has none that fits exactly. Each raises an exception when it is called, and returns a type
-- that makes the statement fail even if it is not.
set local search_path = pg_catalog, pg_temp;
drop schema public cascade;
create schema public;

do $$
declare
    v_types text[] := array['text', 'varchar', 'name', 'smallint', 'integer', 'bigint', 'numeric', 'double precision',
        'interval', 'timestamptz', 'timestamp', 'date', 'boolean', 'jsonb', 'bytea', 'oid', 'regclass', 'bigint[]',
        'integer[]', 'text[]', 'varchar[]', 'bytea[]'];
    v_functions text[] := array['clock_timestamp', 'set_config', 'current_setting', 'pg_notify', 'nextval', 'ceil', 'count',
        'min', 'max', 'array_agg', 'unnest', 'generate_series', 'pg_try_advisory_lock', 'pg_try_advisory_xact_lock',
        'pg_advisory_xact_lock', 'hashtext', 'to_regprocedure', 'to_regnamespace', 'to_regclass', 'concat', 'length',
        'upper', 'lower', 'now', 'coalesce', 'md5', 'format', 'timezone', 'date_trunc', 'jsonb_build_object', 'isfinite',
        'greatest', 'array_length', 'cardinality', 'pg_snapshot_xmin', 'pg_current_xact_id'];
    v_body text := ' returns point language plpgsql as $f$ begin raise exception ''hijacked''; end $f$';
    v_operator text;
    v_function text;
    v_left text;
    v_right text;
begin
    foreach v_left in array v_types loop
        foreach v_function in array v_functions loop
            if not exists (select from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
                    and p.proname = v_function and p.proargtypes::text = v_left::regtype::oid::text) then
                execute format('create or replace function public.%I(%s)', v_function, v_left) || v_body;
            end if;
        end loop;
        foreach v_right in array v_types loop
            execute format('create or replace function public.evil(%s, %s)', v_left, v_right) || v_body;
            foreach v_operator in array array['=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '~', '||', '->', '->>', '@>']
            loop
                if not exists (select from pg_operator o where o.oprname = v_operator
                        and o.oprleft = v_left::regtype and o.oprright = v_right::regtype) then
                    execute format('create operator public.%s (function = public.evil, leftarg = %s, rightarg = %s)',
                        v_operator, v_left, v_right);
                end if;
            end loop;
            foreach v_function in array array['pg_notify', 'hashtext', 'to_char', 'timezone', 'date_trunc', 'concat',
                'generate_series', 'unnest', 'set_config', 'current_setting', 'pg_try_advisory_lock', 'format']
            loop
                if not exists (select from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
                        and p.proname = v_function
                        and p.proargtypes::text = v_left::regtype::oid || ' ' || v_right::regtype::oid) then
                    execute format('create or replace function public.%I(%s, %s)', v_function, v_left, v_right) || v_body;
                end if;
            end loop;
        end loop;
    end loop;
    if to_regtype('pgjobq.job_state') is not null then
        create function public.evil(pgjobq.job_state, pgjobq.job_state) returns point language plpgsql as
            $f$ begin raise exception 'hijacked'; end $f$;
        create operator public.= (function = public.evil, leftarg = pgjobq.job_state, rightarg = pgjobq.job_state);
    end if;
    -- Aggregates and functions of any type lose against those of one.
    drop function public.array_agg(bigint);
    create function public.evil_step(point, bigint) returns point language plpgsql as
        $f$ begin raise exception 'hijacked'; end $f$;
    create aggregate public.array_agg(bigint) (sfunc = public.evil_step, stype = point);
end
$$;
