package io.pgjobq.internal.send;

import io.pgjobq.DuplicateJobException;
import io.pgjobq.SentJob.Fate;
import io.pgjobq.Unique;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.send.DefaultJobSender.Chunk;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.NewJobs;
import io.pgjobq.internal.store.Rules;
import io.pgjobq.internal.store.UniqueJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stores jobs with rules, all of a call or, where duplicates are refused, none. Used by one thread. */
final class RuledSend {

    private final NewJobs store;
    private final NewJob job;
    private final Rules rules;

    /** In the order of the jobs, {@code null} where they have none. */
    private final @Nullable String[] keys;

    /** By what they take turns, in the order of the jobs, {@code null} where they do not. */
    private final @Nullable String[] turns;

    /**
     * What a sender wants.
     *
     * @param unique makes the key of a payload by which it is unique, {@code null} for none
     * @param key makes the key of a payload by which it takes turns, {@code null} for none
     */
    record Wanted(
            @Nullable Function<Object, Unique> unique,
            @Nullable Function<Object, String> key,
            @Nullable Long expiresInMillis,
            @Nullable Instant expiresAt) {}

    RuledSend(NewJobs store, NewJob job, Collection<?> payloads, Wanted wanted) {
        Function<Object, Unique> unique = wanted.unique();
        Keys found = unique == null ? null : Keys.of(job.queue(), payloads, unique);
        this.store = store;
        this.job = job;
        this.rules = new Rules(found == null ? null : found.how(), wanted.expiresInMillis(), wanted.expiresAt());
        this.keys = found == null
                ? new @Nullable String[payloads.size()]
                : found.keys().toArray(String[]::new);
        Function<Object, String> key = wanted.key();
        this.turns = key == null
                ? new @Nullable String[payloads.size()]
                : payloads.stream()
                        .map(key)
                        .map(made -> TurnKey.checked(job.queue(), made))
                        .toArray(String[]::new);
    }

    /** In a transaction that ends with it. */
    List<UniqueJob> alone(Connection connection, List<Chunk> chunks) throws SQLException {
        List<UniqueJob> all = new ArrayList<>(keys.length);
        for (Chunk chunk : chunks) {
            int from = all.size();
            @Nullable String[] some = Arrays.copyOfRange(keys, from, from + chunk.types().length);
            @Nullable String[] someTurns = Arrays.copyOfRange(turns, from, from + chunk.types().length);
            List<UniqueJob> stored =
                    store.sendWithRules(connection, job, rules, some, someTurns, chunk.types(), chunk.payloads());
            if (stored == null) {
                throw new UnknownQueueException(job.queue());
            }
            all.addAll(stored);
        }
        if (refuses()) {
            refuseDuplicates(all);
        }
        return all;
    }

    /** In the caller's transaction, which need not be rolled back because of a refusal. */
    List<UniqueJob> within(Connection connection, List<Chunk> chunks) throws SQLException {
        if (!refuses()) {
            return alone(connection, chunks);
        }
        Savepoint before = connection.setSavepoint();
        try {
            List<UniqueJob> stored = alone(connection, chunks);
            connection.releaseSavepoint(before);
            return stored;
        } catch (DuplicateJobException ex) {
            connection.rollback(before);
            throw ex;
        }
    }

    private boolean refuses() {
        Unique unique = rules.unique();
        return unique != null && unique.onConflict() == Unique.OnConflict.REFUSE;
    }

    private void refuseDuplicates(List<UniqueJob> stored) {
        for (int i = 0; i < stored.size(); i++) {
            if (stored.get(i).fate() == Fate.KEPT) {
                throw new DuplicateJobException(
                        job.queue(), String.valueOf(keys[i]), stored.get(i).id());
            }
        }
    }

    /** Returns what others are to know when the jobs are committed: of those that are ready, and of those that wait. */
    static List<Signal> signals(int priority, List<UniqueJob> stored) {
        List<Signal> signals = new ArrayList<>();
        stored.stream()
                .map(UniqueJob::dueInMillis)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .min()
                .ifPresent(millis -> signals.add(new Signal.Due(Math.max(0, millis))));
        stored.stream()
                .filter(job -> job.fate() == Fate.NEW && job.dueInMillis() == null)
                .min(Comparator.comparingLong(UniqueJob::id))
                .ifPresent(first -> signals.add(new Signal.Ready(first.queue(), priority, first.id())));
        return signals;
    }
}
