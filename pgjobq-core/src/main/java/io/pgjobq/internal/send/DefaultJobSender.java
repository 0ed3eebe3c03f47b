package io.pgjobq.internal.send;

import io.pgjobq.JobSender;
import io.pgjobq.PayloadConverter;
import io.pgjobq.ReadOnlyTransactionException;
import io.pgjobq.SentJob;
import io.pgjobq.SentJob.Fate;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.completion.Completions;
import io.pgjobq.internal.completion.ResultType;
import io.pgjobq.internal.convert.JobTypes;
import io.pgjobq.internal.convert.Payloads;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.LocalDispatch;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.notify.LoneNotice;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.InsertedJobs;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.NewJobs;
import io.pgjobq.internal.store.Notice;
import io.pgjobq.internal.store.SentClaimed;
import io.pgjobq.internal.store.SlotClaim;
import io.pgjobq.internal.store.UniqueJob;
import io.pgjobq.internal.support.StorableType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Stores jobs in the caller's transaction, and rings the doorbell when it has committed. Thread-safe. */
public final class DefaultJobSender implements JobSender {

    /** More jobs, or more bytes, than these make another statement of the same transaction. */
    private static final int MOST_AT_ONCE = 10_000;

    private static final long MOST_BYTES_AT_ONCE = 16 * 1024 * 1024;

    private final Database database;
    private final NewJobs store;
    private final Payloads payloads;
    private final Doorbell doorbell;
    private final LocalDispatch vacancies;
    private final Completions completions;
    private final DeclaredQueues declared;
    private final JobEvents events;

    public DefaultJobSender(
            Database database,
            NewJobs store,
            PayloadConverter converter,
            Doorbell doorbell,
            LocalDispatch vacancies,
            Completions completions,
            DeclaredQueues declared,
            JobEvents events) {
        this.database = database;
        this.store = store;
        this.payloads = new Payloads(converter);
        this.doorbell = doorbell;
        this.vacancies = vacancies;
        this.completions = completions;
        this.declared = declared;
        this.events = events;
    }

    @Override
    public Spec to(String queue) {
        return SendSpec.of(this, queue);
    }

    <R> SentJob<R> send(NewJob job, @Nullable String type, Object payload, ResultType resultType) {
        byte[] bytes = write(job.queue(), payload);
        String name = type(job.queue(), type, payload);
        boolean joined = joins(job.queue());
        WorkerSlot vacancy = !joined && job.ready() ? vacancies.reserve(job.queue(), job.priority(), name) : null;
        SentClaimed sent = vacancy == null ? null : sendTo(vacancy, job, name, bytes);
        if (sent != null) {
            events.sent(job.queue(), 1);
            return new DefaultSentJob<>(
                    sent.id(), Fate.NEW, job.queue(), job.awaited(), resultType, Commit.DONE, completions);
        }
        if (joined) {
            InsertedJobs stored = created(
                    job.queue(), () -> database.joined(connection -> stored(connection, job, name, bytes, null)));
            return sent(
                    job, stored, announce(true, job.queue(), 1, List.of(signal(job.priority(), stored))), resultType);
        }
        return sent(job, sendAlone(job, name, bytes), Commit.DONE, resultType);
    }

    private <R> SentJob<R> sent(NewJob job, InsertedJobs stored, Commit commit, ResultType resultType) {
        return new DefaultSentJob<>(
                stored.ids()[0], Fate.NEW, job.queue(), job.awaited(), resultType, commit, completions);
    }

    private InsertedJobs stored(Connection connection, NewJob job, String type, byte[] payload, @Nullable Notice notice)
            throws SQLException {
        return known(job.queue(), store.send(connection, job, type, payload, notice));
    }

    /** Stores a job in a transaction of its own, and tells everybody. */
    private InsertedJobs sendAlone(NewJob job, String type, byte[] payload) {
        try (LoneNotice lone = job.ready() ? doorbell.lone() : null) {
            Notice notice = lone == null ? null : lone.notice();
            InsertedJobs stored = created(
                    job.queue(), () -> database.alone(connection -> stored(connection, job, type, payload, notice)));
            Signal signal = signal(job.priority(), stored);
            if (notice == null) {
                doorbell.ring(signal);
            } else {
                doorbell.ringHere(signal);
            }
            events.sent(job.queue(), 1);
            return stored;
        }
    }

    /** Stores a job that can run here at once; {@code null} if its queue is no longer the one that is known here. */
    private @Nullable SentClaimed sendTo(WorkerSlot vacancy, NewJob job, String type, byte[] payload) {
        SlotClaim place = vacancy.place();
        SentClaimed sent;
        byte[] own;
        try {
            // The handler's: the caller may go on to change his. There may be no room for it, so it is made before the
            // job.
            own = payload.clone();
            sent = guarded(job.queue(), () -> store.sendClaimed(job, type, payload, place));
        } catch (RuntimeException | Error ex) {
            vacancy.lose();
            throw ex;
        }
        if (sent == null || !sent.claimed()) {
            vacancy.leave();
            if (sent != null) {
                doorbell.ring(new Signal.Ready(place.queue(), job.priority(), sent.id()));
            }
            return sent;
        }
        vacancy.fill(new ClaimedJob(
                sent.id(),
                sent.id(),
                place.claim(),
                place.queue(),
                job.priority(),
                false,
                0,
                type,
                own,
                job.attributes(),
                sent.sentAt(),
                sent.sentAt()));
        return sent;
    }

    List<SentJob<Void>> sendAll(NewJob job, @Nullable String type, Collection<?> payloads) {
        List<Chunk> chunks = chunks(job.queue(), type, payloads);
        if (chunks.isEmpty()) {
            return List.of();
        }
        boolean joined = joins(job.queue());
        List<InsertedJobs> stored = created(job.queue(), () -> storeAll(job, chunks, joined));
        List<SentJob<Void>> sent = new ArrayList<>(payloads.size());
        for (InsertedJobs jobs : stored) {
            Commit commit = announce(joined, job.queue(), jobs.ids().length, List.of(signal(job.priority(), jobs)));
            for (long id : jobs.ids()) {
                sent.add(new DefaultSentJob<>(
                        id, Fate.NEW, job.queue(), job.awaited(), ResultType.NONE, commit, completions));
            }
        }
        return List.copyOf(sent);
    }

    private List<InsertedJobs> storeAll(NewJob job, List<Chunk> chunks, boolean joined) {
        Database.Work<List<InsertedJobs>> work = connection -> {
            List<InsertedJobs> stored = new ArrayList<>(chunks.size());
            for (Chunk chunk : chunks) {
                stored.add(known(job.queue(), store.sendAll(connection, job, chunk.types(), chunk.payloads())));
            }
            return stored;
        };
        if (joined) {
            return database.joined(work);
        }
        return chunks.size() == 1 ? database.alone(work) : database.atomically(work);
    }

    /** Stores jobs with a key or a deadline. */
    <R> List<SentJob<R>> sendWithRules(
            NewJob job, @Nullable String type, Collection<?> payloads, RuledSend.Wanted wanted, ResultType resultType) {
        List<Chunk> chunks = chunks(job.queue(), type, payloads);
        if (chunks.isEmpty()) {
            return List.of();
        }
        boolean joined = joins(job.queue());
        RuledSend send = new RuledSend(store, job, payloads, wanted);
        List<UniqueJob> stored = created(
                job.queue(),
                () -> joined
                        ? database.joined(connection -> send.within(connection, chunks))
                        : database.atomically(connection -> send.alone(connection, chunks)));
        int fresh =
                (int) stored.stream().filter(each -> each.fate() == Fate.NEW).count();
        Commit commit = announce(joined, job.queue(), fresh, RuledSend.signals(job.priority(), stored));
        List<SentJob<R>> sent = new ArrayList<>(stored.size());
        for (UniqueJob each : stored) {
            boolean marked = job.awaited() && each.fate() != Fate.KEPT;
            sent.add(
                    new DefaultSentJob<>(each.id(), each.fate(), job.queue(), marked, resultType, commit, completions));
        }
        return List.copyOf(sent);
    }

    record Chunk(String[] types, byte[][] payloads) {}

    private List<Chunk> chunks(String queue, @Nullable String type, Collection<?> payloads) {
        List<Chunk> chunks = new ArrayList<>();
        List<String> types = new ArrayList<>();
        List<byte[]> bytes = new ArrayList<>();
        long size = 0;
        for (Object payload : payloads) {
            byte[] written = write(queue, payload);
            if (bytes.size() == MOST_AT_ONCE || (!bytes.isEmpty() && size + written.length > MOST_BYTES_AT_ONCE)) {
                chunks.add(new Chunk(types.toArray(String[]::new), bytes.toArray(byte[][]::new)));
                types.clear();
                bytes.clear();
                size = 0;
            }
            types.add(type(queue, type, payload));
            bytes.add(written);
            size += written.length;
        }
        if (!bytes.isEmpty()) {
            chunks.add(new Chunk(types.toArray(String[]::new), bytes.toArray(byte[][]::new)));
        }
        return chunks;
    }

    private byte[] write(String queue, @Nullable Object payload) {
        return payloads.write("queue '" + queue + "'", payload);
    }

    private static String type(String queue, @Nullable String given, Object payload) {
        if (given != null) {
            return given;
        }
        String name = payload instanceof byte[] ? "" : nameOf(queue, payload.getClass());
        if (name.length() > StorableType.LONGEST) {
            throw new IllegalArgumentException("queue '" + queue + "': the type of a "
                    + payload.getClass().getName() + " must have at most " + StorableType.LONGEST
                    + " characters, but has " + name.length() + "; shorten its @JobType");
        }
        return name;
    }

    private static String nameOf(String queue, Class<?> type) {
        try {
            return JobTypes.nameOf(type);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("queue '" + queue + "': " + ex.getMessage(), ex);
        }
    }

    private boolean joins(String queue) {
        boolean joined = database.inTransaction();
        if (joined && TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            throw new ReadOnlyTransactionException("queue '" + queue
                    + "': a job can't be sent in a read-only transaction; remove readOnly from its @Transactional");
        }
        return joined;
    }

    private static InsertedJobs known(String queue, @Nullable InsertedJobs stored) {
        if (stored == null) {
            throw new UnknownQueueException(queue);
        }
        return stored;
    }

    /** A queue that the application declares may not be there yet, or no more: then it is created, and the work done again. */
    private <T> T created(String queue, Supplier<T> work) {
        try {
            return guarded(queue, work);
        } catch (UnknownQueueException ex) {
            if (!declared.create(queue)) {
                throw ex;
            }
            return guarded(queue, work);
        }
    }

    private static <T extends @Nullable Object> T guarded(String queue, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException ex) {
            if (Database.isReadOnly(ex)) {
                throw new ReadOnlyTransactionException(
                        "queue '" + queue + "': a job can't be sent, since the transaction or the server is read-only;"
                                + " send it in a transaction that may write, on the primary");
            }
            throw ex;
        }
    }

    private static Signal signal(int priority, InsertedJobs stored) {
        return stored.ready()
                ? new Signal.Ready(stored.queue(), priority, stored.ids()[0])
                : new Signal.Due(Math.max(0, stored.dueInMillis()));
    }

    private Commit announce(boolean joined, String queue, int jobs, List<Signal> signals) {
        if (!joined) {
            signals.forEach(doorbell::ring);
            events.sent(queue, jobs);
            return Commit.DONE;
        }
        return TransactionCommit.announce(database, doorbell, events, new TransactionCommit.Sent(queue, jobs, signals));
    }
}
