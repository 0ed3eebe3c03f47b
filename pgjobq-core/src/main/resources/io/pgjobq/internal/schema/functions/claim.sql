-- Takes up to p_limit jobs of a queue, lane by lane. Locks: the queue's transaction-scoped advisory lock, so that claims on
-- one queue come one after the other, each with a snapshot taken after its predecessor's commit. Safe because it is called
-- as one autocommit statement: no client can freeze while it holds the lock. Jobs and claims are read by one statement,
-- that is, in one snapshot: reading them in two could take a job twice. The commit is asynchronous: a claim that a crash of
-- the server forgets only means that its jobs are claimed again and the old holder is fenced.
-- Quarantined jobs (see the job table) are taken one at a time from their lane: so whoever dies of one takes few others along.
-- A payload of more than 32 KiB is not read here, which would hold the lock, but when its job starts: however many jobs a
-- node holds, they fit into its memory. Nor is that of a job that asks before it starts.
-- p_from says where to start. What other nodes have taken since this one's last look at the lane, in transaction p_last, need
-- not be walked over: a claim says that from its from_seq to its max_seq nothing else was free in since_xid or later. If that is
-- not before p_last, what has become free there since then has been announced to this node after it last asked, or will be;
-- p_announced is the lowest seq that was, and the way goes no further than that at once. Where p_last is 0, every job is looked at.
-- Returns a row for each lane that was looked at. The jobs of the lane, all held by claim_id, are arrays in the order of their
-- seqs, since a row for each would cost half as much again; an id is null if it is the seq, an attempt if it is 0. sent is the
-- times in the binary form of timestamptz, ready a seq and a time for each job with a ready_at (so that it is null where no job
-- has one, and costs nothing), payloads one payload after the other, sizes theirs, null for one not among them. If
-- the lane was emptied, next_seq is where to go on; if the limit was reached there, next_seq is null, and look the next p_last
-- of that lane. The quarantine lane has a row only if there is a job, with the job's own priority.
-- Of a queue with limits no more are taken than those allow, and no more than p_startable, which can start at once: what is held and
-- waits would take the place of others. Then a last row, of priority -1, says in look how many were allowed, and in next_seq in how many
-- microseconds the rate allows more, 0 for at once, null if there is no rate.
-- Where a queue's jobs have keys, see take_keyed, which says what is taken and where to go on in each lane: next_seq is where, null if the lane
-- was not looked at, and look is 1 if there may be more. p_ended_lines and p_ended_ids say which jobs have ended on the node,
-- p_lines in which lines there may be a job to take. Then a row of priority -2 says in seqs,
-- ids and types which lines, jobs and keys those have that are taken; and one of priority -3, which is the last, in seqs and ids what lines
-- are left. It comes always, so that the node knows that its queue has keys.
-- Payloads of more than 500 bytes come before, in rows that have nothing but a seq and the payload, as putting them together
-- copies them many times; if a job is gone by then, so is its payload.
create or replace function ${schema}.claim(
    p_queue integer, p_node integer, p_token bigint, p_claim bigint, p_limit integer, p_startable integer,
    p_lanes smallint[], p_from bigint[], p_last bigint[], p_announced bigint[], p_types text[],
    p_ended_lines bigint[], p_ended_ids bigint[], p_lines bigint[])
returns table (priority smallint, claim_id bigint, next_seq bigint, look bigint, seqs bigint[], ids bigint[], attempts smallint[],
    sent bytea, ready bytea, types text[], sizes integer[], payloads bytea, attributes text[])
language plpgsql
${along_indexes}
set enable_sort = off
set enable_mergejoin = off
as $$
declare
    v_limited boolean;
    v_rated boolean;
    v_allowed integer := p_limit;
    v_left integer;
    v_count integer;
    v_locked boolean;
    v_lane smallint;
    v_quarantine boolean;
    v_paused boolean;
    v_registered boolean;
    v_commit text;
    v_from bigint;
    v_next bigint;
    v_low bigint;
    v_since xid8;
    v_types bigint;
    v_per_key integer;
    v_key_order text;
    v_lines bigint[];
    v_taken record;
begin
    ${read_committed_alone(claim)};
    -- Assigned, not performed: that starts no executor.
    v_locked := pg_advisory_xact_lock('${schema}.job'::regclass::oid::integer, p_queue) is not null;
    select q.paused, exists (select from ${schema}.node n where n.id = p_node and n.token = p_token), q.rate_starts is not null,
        q.most_running is not null or q.rate_starts is not null, q.per_key, q.key_order
    into v_paused, v_registered, v_rated, v_limited, v_per_key, v_key_order
    from ${schema}.queue q
    where q.id = p_queue and q.deleted_xid is null;
    if not v_registered then
        raise exception 'node % is not registered', p_node using errcode = 'PJ001';
    end if;
    if v_paused is null then
        raise exception 'queue % does not exist', p_queue using errcode = 'PJ003';
    end if;
    if v_paused then
        return;
    end if;
    if v_limited then
        v_allowed := ${schema}.allowance(p_queue, least(p_limit, p_startable));
    end if;
    v_left := v_allowed;
    if not v_rated then
        v_commit := set_config('synchronous_commit', 'off', true);
    end if;
    if v_per_key is not null then
        v_lines := p_lines || ${schema}.free_keys(p_queue, p_ended_lines, p_ended_ids);
        for v_taken in
            select t.*
            from ${schema}.take_keyed(
                p_queue, v_per_key, v_key_order is not null, p_claim, v_left, p_lanes, p_from, p_types, v_lines) t
        loop
            priority := v_taken.lane;
            claim_id := null;
            seqs := null;
            next_seq := v_taken.next_seq;
            look := v_taken.more::integer;
            v_lane := v_taken.lane;
            v_quarantine := v_lane = ${quarantine_lane};
            if v_lane is null then
                priority := case when v_taken.keys is not null then -2 else -3 end;
                seqs := v_taken.lines;
                ids := v_taken.ids;
                types := v_taken.keys;
                attempts := null;
                sent := null;
                ready := null;
                sizes := null;
                payloads := null;
                attributes := null;
            elsif cardinality(v_taken.seqs) > 0 then
                ${claimed_jobs}
                from unnest(v_taken.seqs) as s (seq) cross join lateral (
                    ${claimable}
                    where j.queue_id = p_queue and j.lane = v_lane and j.seq = s.seq
                    limit 1
                ) p;
                continue when seqs is null;
                ${large_payloads};
                claim_id := p_claim + array_position(p_lanes, v_lane);
                v_left := v_left - cardinality(seqs);
                if v_quarantine then
                    select ${own_priority} into priority from ${schema}.job j where j.id = coalesce(ids[1], seqs[1]);
                end if;
                insert into ${schema}.claim (id, node_id, queue_id, lane, max_seq, seqs)
                values (claim_id, p_node, p_queue, v_lane, seqs[cardinality(seqs)], seqs);
            end if;
            return next;
        end loop;
    end if;
    for i in 1 .. case when v_per_key is null then cardinality(p_lanes) else 0 end loop
        exit when v_left = 0;
        claim_id := p_claim + i;
        next_seq := null;
        v_lane := p_lanes[i];
        v_quarantine := v_lane = ${quarantine_lane};
        priority := v_lane;
        v_from := p_from[i];
        v_low := v_from;
        v_since := null;
        if p_last[i] <> 0 and v_from < p_announced[i] then
            v_types := hash_array_extended(p_types, 0);
            select c.max_seq + 1, c.from_seq, c.since_xid into v_next, v_low, v_since
            from ${schema}.claim c
            where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= v_from - 1 and c.from_seq <= v_from
                and c.since_xid >= p_last[i]::text::xid8 and (c.types_hash is null or c.types_hash = v_types)
            order by c.max_seq desc
            limit 1;
            v_low := coalesce(v_low, v_from);
            if v_next is not null then
                v_from := least(v_next, p_announced[i]);
            end if;
        end if;
        ${claimed_jobs}
        from (
            ${claimable}
            where ${ready_in_lane(p_queue, v_lane, v_from)}
                and ${runs_type(p_types, j.type)}
            order by j.seq
            limit case when v_quarantine then 1 else v_left end
        ) p;
        ${large_payloads};
        v_count := coalesce(cardinality(seqs), 0);
        v_left := v_left - v_count;
        if v_quarantine then
            select ${own_priority} into priority from ${schema}.job j where j.id = coalesce(ids[1], seqs[1]);
        end if;
        if v_count = 0 then
            continue when v_quarantine;
            claim_id := null;
            -- What others have taken need not be walked over again.
            select c.max_seq + 1 into next_seq
            from ${schema}.claim c
            where c.queue_id = p_queue and c.lane = v_lane and c.max_seq >= p_from[i]
            order by c.max_seq desc
            limit 1;
            next_seq := coalesce(next_seq, p_from[i]);
        elsif v_quarantine or v_left > 0 then
            insert into ${schema}.claim (id, node_id, queue_id, lane, max_seq, seqs)
            values (claim_id, p_node, p_queue, v_lane, seqs[v_count], seqs);
            next_seq := case when not v_quarantine then seqs[v_count] + 1 end;
        else
            insert into ${schema}.claim (id, node_id, queue_id, lane, max_seq, seqs, from_seq, since_xid, types_hash)
            values (claim_id, p_node, p_queue, v_lane, seqs[v_count], seqs, v_low, coalesce(v_since, pg_current_xact_id()),
                hash_array_extended(p_types, 0));
            look := pg_current_xact_id()::text::bigint;
        end if;
        return next;
    end loop;
    if v_limited then
        return query
        select (-1)::smallint, null::bigint, ${schema}.record_starts(p_queue, v_allowed - v_left), v_allowed::bigint, null::bigint[],
            null::bigint[], null::smallint[], null::bytea, null::bytea, null::text[], null::integer[], null::bytea, null::text[];
    end if;
end
$$;
