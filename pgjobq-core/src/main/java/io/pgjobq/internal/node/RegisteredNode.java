package io.pgjobq.internal.node;

import io.pgjobq.internal.database.KeptConnection;
import io.pgjobq.internal.notify.NotificationListener;
import io.pgjobq.internal.store.NodeRegistry;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.LogText;
import io.pgjobq.internal.support.Vitals;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * This application instance: its registration among the others, the ids of its claims, and its signs of life. A node that was
 * declared dead, or that a restored database does not know, registers anew; what it held before is no longer its own.
 * Thread-safe.
 */
public final class RegisteredNode implements Node, NotificationListener.Heartbeats {

    /** A claim's id has the node's number above this many bits, and a counter below. */
    private static final int COUNTER_BITS = 37;

    private static final long LAST_COUNT = (1L << COUNTER_BITS) - 1;

    /** Counters start anywhere below this, so that a number which comes back does not bring ids back. */
    private static final long STARTS = 1L << (COUNTER_BITS - 1);

    private static final Logger LOG = Log.of(RegisteredNode.class);

    private final NodeRegistry registry;
    private final String name;
    private final Duration every;

    /** Its jobs are to run elsewhere within the time-out, and others look at each of their own heartbeats only. */
    private final Duration silenceAllowed;

    private final Observer observer;
    private final Vitals vitals;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;

    private final ReentrantLock registering = new ReentrantLock();

    /** {@code null} while the node is not registered. Written while {@code registering} is held, read by all. */
    private volatile @Nullable Series series;

    /** What the last heartbeat showed of the database, {@code null} before the first of a registration. */
    private volatile @Nullable Shown shown;

    /** The number under which the listening connection holds the session lock, 0 for none. Only used by its thread. */
    private int lockedAs;

    private final SignsOfLife signs;

    /** Who is told of what heartbeats show. */
    public interface Observer {

        /** Returns the numbers of the queues that are to be there, for a heartbeat to look. */
        int[] queues();

        /** These of them are not there. */
        void missing(List<Integer> queues);

        /** The next schedule is due in so many milliseconds, {@code null} for never. */
        void scheduled(@Nullable Long inMillis);

        /** The node has jobs to cancel. */
        void cancellations();

        /** Another node has been silent for longer than it should. */
        void othersSilent();

        /** The node's own connection is lost: it must show on the pool, and soon, that it lives. */
        void connectionLost();

        /** Sequence numbers have been drawn up to this one. */
        void drawn(long position);

        /** The server's clock showed that, in an answer that took so long. */
        void time(Instant shown, Duration took);

        /** What the node holds need not be what the tables say: the database may have forgotten what was committed. */
        void inDoubt();
    }

    /** A registration, and the ids of its claims. */
    private record Series(Registration registration, AtomicLong nextClaim) {}

    /** What an answer showed that was there at a time, as {@code nanoTime} tells it. */
    private record Shown(NodeRegistry.HeartbeatResult answer, long at) {}

    public RegisteredNode(
            NodeRegistry registry,
            String name,
            Duration timeout,
            Observer observer,
            Vitals vitals,
            LongSupplier nanoTime) {
        this(registry, name, timeout, observer, vitals, new SecureRandom(), nanoTime);
    }

    public RegisteredNode(
            NodeRegistry registry,
            String name,
            Duration timeout,
            Observer observer,
            Vitals vitals,
            RandomGenerator random,
            LongSupplier nanoTime) {
        this.registry = registry;
        this.name = name;
        this.vitals = vitals;
        this.random = random;
        this.nanoTime = nanoTime;
        // A killed process is missed after one and a half of these, and looked for each time: within 3 s by default.
        this.every = timeout.dividedBy(14);
        this.silenceAllowed = timeout.minus(every.multipliedBy(2));
        this.signs = new SignsOfLife(every, silenceAllowed, nanoTime);
        this.observer = observer;
    }

    @Override
    public int id() {
        Registration registration = registration();
        return registration == null ? 0 : registration.node();
    }

    /** Returns the node's registration, {@code null} while there is none. */
    public @Nullable Registration registration() {
        Series current = series;
        return current == null ? null : current.registration;
    }

    @Override
    public boolean made(long claim) {
        return (int) (claim >> COUNTER_BITS) == id();
    }

    @Override
    public ClaimIds nextClaims(int count) {
        Series current = series;
        if (current == null) {
            throw new IllegalStateException(this + " is not registered");
        }
        long first = current.nextClaim.getAndUpdate(next -> hasRoom(next, count) ? next + count : next);
        if (!hasRoom(first, count)) {
            renew(current.registration);
            return nextClaims(count);
        }
        return new ClaimIds(current.registration, first);
    }

    private static boolean hasRoom(long next, int count) {
        return (next & LAST_COUNT) + count <= LAST_COUNT;
    }

    /** All ids under this number are used up. */
    private void renew(Registration used) {
        registering.lock();
        try {
            if (used.equals(registration())) {
                LOG.info("node {} '{}': has used up the ids for its claims and registers anew", used.node(), name);
                registry.unregister(used);
                register();
            }
        } finally {
            registering.unlock();
        }
    }

    @Override
    public boolean mayBeDead() {
        return signs.areOverdue();
    }

    @Override
    public boolean isFit() {
        return vitals.areGood();
    }

    /** Puts the node on the list. */
    public void register() {
        registering.lock();
        try {
            long asked = nanoTime.getAsLong();
            long token = random.nextLong();
            int number = registry.register(token, name, every, silenceAllowed);
            long first = ((long) number << COUNTER_BITS) | random.nextLong(1, STARTS);
            shown = null;
            series = new Series(new Registration(number, token), new AtomicLong(first));
            signs.answered(asked);
            LOG.info("node {} '{}': registered", number, name);
        } finally {
            registering.unlock();
        }
    }

    /** Takes the node off the list; if the database is away, the others will miss it by themselves. */
    public void unregister() {
        registering.lock();
        try {
            Registration left = registration();
            series = null;
            if (left != null) {
                registry.unregister(left);
                LOG.info("node {} '{}': left", left.node(), name);
            }
        } catch (RuntimeException ex) {
            LOG.info("node '{}': could not take its leave: {}", name, LogText.of(ex));
        } finally {
            registering.unlock();
        }
    }

    @Override
    public void fenced(Registration registration) {
        registering.lock();
        try {
            if (registration.equals(registration())) {
                LOG.warn(
                        "node {} '{}': is off the list, as it was silent for too long and declared dead, or the database"
                                + " was restored; its jobs run elsewhere, and what it says of them no longer counts",
                        registration.node(),
                        name);
                register();
            }
        } finally {
            registering.unlock();
        }
    }

    @Override
    public Duration every() {
        return every;
    }

    @Override
    public void beat(Connection connection, boolean own) throws SQLException {
        Registration registration = registration();
        if (registration == null) {
            return;
        }
        if (!isFit()) {
            // Whoever holds the connection closes it, and with it the session lock.
            throw new SQLException(unfit());
        }
        long asked = nanoTime.getAsLong();
        int number = registration.node();
        if (own && lockedAs != number && registry.lock(connection, number)) {
            lockedAs = number;
        }
        note(registration, asked, registry.heartbeat(connection, registration, lockedAs == number, observer.queues()));
    }

    @Override
    public void lost() {
        lockedAs = 0;
        observer.connectionLost();
    }

    @Override
    public String toString() {
        return "node " + id() + " '" + name + "'";
    }

    /** Shows on a connection of the pool, which holds no session lock, that the node lives. */
    void beat(KeptConnection connection) {
        if (!isFit()) {
            throw new IllegalStateException(unfit());
        }
        Registration registration = registration();
        long asked = nanoTime.getAsLong();
        if (registration != null) {
            note(
                    registration,
                    asked,
                    connection.run(kept -> registry.heartbeat(kept, registration, false, observer.queues())));
        }
    }

    private void note(Registration registration, long asked, NodeRegistry.HeartbeatResult answer) {
        if (answer.state() == NodeRegistry.HeartbeatState.FENCED) {
            fenced(registration);
            observer.inDoubt();
            return;
        }
        signs.answered(asked);
        if (answer.at() != null) {
            observer.time(answer.at(), Duration.ofNanos(nanoTime.getAsLong() - asked));
        }
        compare(asked, answer);
        observer.drawn(answer.drawn());
        if (!answer.missing().isEmpty()) {
            observer.missing(answer.missing());
        }
        observer.scheduled(answer.scheduledInMillis());
        if (answer.cancellations()) {
            observer.cancellations();
        }
        if (answer.state() == NodeRegistry.HeartbeatState.OTHERS_SILENT) {
            observer.othersSilent();
        }
    }

    /**
     * A copy that was put back has the same identity and timeline as before, but its sequence has not come as far. Answers
     * may overtake each other: only one that was asked for after the last was there can be behind it.
     */
    private void compare(long asked, NodeRegistry.HeartbeatResult answer) {
        Shown before = shown;
        if (before != null && asked - before.at < 0) {
            return;
        }
        shown = new Shown(answer, nanoTime.getAsLong());
        if (before == null) {
            return;
        }
        String old = before.answer.history();
        if (!old.equals(answer.history())) {
            inDoubt("is " + answer.history() + " (system/timeline) now, and was " + old);
        } else if (answer.drawn() < before.answer.drawn()) {
            inDoubt("has forgotten commits, as its sequence has come back");
        }
    }

    private void inDoubt(String why) {
        LOG.warn("{}: the database {}; what this node holds is compared with what is there", this, why);
        observer.inDoubt();
    }

    private String unfit() {
        return this + ": does not say that it lives, so that others take over its jobs, as it can't do its work: "
                + vitals.problems();
    }

    /** Heartbeats are answered again after some were not: what was committed before may be forgotten. */
    void reconnected() {
        observer.inDoubt();
    }

    public SignsOfLife signs() {
        return signs;
    }
}
