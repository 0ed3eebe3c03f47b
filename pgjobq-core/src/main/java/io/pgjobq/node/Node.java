package io.pgjobq.node;

import io.pgjobq.notify.NotificationListener;
import io.pgjobq.store.KeptConnection;
import io.pgjobq.store.NodeStore;
import io.pgjobq.support.LogText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This application instance: its number among the others, the ids of its claims, and its signs of life. A node that was
 * declared dead registers anew, under another number; what it held before is no longer its own. Thread-safe.
 */
public final class Node implements NotificationListener.Pulse {

    /** A claim's id has the node's number above this many bits, and a counter below. */
    private static final int COUNTER_BITS = 37;

    private static final long LAST_COUNT = (1L << COUNTER_BITS) - 1;

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final NodeStore store;
    private final String name;
    private final Duration every;

    /** Its jobs are to run elsewhere within the time-out, and others look at each of their own heartbeats only. */
    private final Duration silenceAllowed;

    private final Observer observer;

    private final ReentrantLock registering = new ReentrantLock();

    /** Number and counter in one, so that no id is made of one registration's number and another's counter. */
    private final AtomicLong nextClaim = new AtomicLong();

    /** 0 while the node is not registered. Written under the lock, read by all. */
    private volatile int id;

    /** The number under which the listening connection holds the session lock, 0 for none. Only used by its thread. */
    private int lockedAs;

    private final SignsOfLife signs;

    /** Who is told of what heartbeats show. */
    public interface Observer {

        /** Another node has been silent for longer than it should. */
        void othersSilent();

        /** The node's own connection is lost: it must show on the pool, and soon, that it lives. */
        void connectionLost();

        /** Sequence numbers have been drawn up to this one. */
        void drawn(long position);
    }

    public Node(NodeStore store, String name, Duration timeout, Observer observer) {
        this.store = store;
        this.name = name;
        // A killed process is missed after one and a half of these, and looked for each time: within 3 s by default.
        this.every = timeout.dividedBy(14);
        this.silenceAllowed = timeout.minus(every.multipliedBy(2));
        this.signs = new SignsOfLife(every, silenceAllowed, System::nanoTime);
        this.observer = observer;
    }

    /** Returns the node's number, 0 while it is not registered. */
    public int id() {
        return id;
    }

    /** Returns the number of the node that made the claim. */
    public static int ofClaim(long claim) {
        return (int) (claim >> COUNTER_BITS);
    }

    /** Returns whether this node, as it is registered now, made the claim. */
    public boolean made(long claim) {
        return ofClaim(claim) == id;
    }

    /** Returns the first of so many ids for claims, which were never used and never will be. */
    public long nextClaims(int count) {
        long first = nextClaim.getAndUpdate(next -> hasRoom(next, count) ? next + count : next);
        if (!hasRoom(first, count)) {
            renew(ofClaim(first));
            return nextClaims(count);
        }
        return first;
    }

    private static boolean hasRoom(long next, int count) {
        return (next & LAST_COUNT) + count <= LAST_COUNT;
    }

    /** All ids under this number are used up. */
    private void renew(int number) {
        registering.lock();
        try {
            if (number == id) {
                LOG.info("node {} '{}': has used up the ids for its claims and registers anew", number, name);
                store.unregister(number);
                register();
            }
        } finally {
            registering.unlock();
        }
    }

    /**
     * Returns whether this node has been silent for so long that what it holds may run elsewhere by now. It was frozen or cut
     * off, and has not learned yet what became of it.
     */
    public boolean mayBeDead() {
        return signs.areOverdue();
    }

    /** Puts the node on the list. */
    public void register() {
        registering.lock();
        try {
            long asked = System.nanoTime();
            int number = store.register(name, every, silenceAllowed);
            nextClaim.set(((long) number << COUNTER_BITS) | 1);
            id = number;
            signs.answered(asked);
            LOG.info("node {} '{}': registered", id, name);
        } finally {
            registering.unlock();
        }
    }

    /** Takes the node off the list; if the database is away, the others will miss it by themselves. */
    public void unregister() {
        registering.lock();
        try {
            int number = id;
            id = 0;
            if (number != 0) {
                store.unregister(number);
                LOG.info("node {} '{}': left", number, name);
            }
        } catch (RuntimeException ex) {
            LOG.info("node '{}': could not take its leave: {}", name, LogText.of(ex));
        } finally {
            registering.unlock();
        }
    }

    /** The node of that number was declared dead: registers anew, unless that has been done already. */
    public void declaredDead(int number) {
        registering.lock();
        try {
            if (number == id && number != 0) {
                LOG.warn(
                        "node {} '{}': was silent for too long and declared dead; jobs that it runs are run elsewhere,"
                                + " and what it says of them no longer counts",
                        number,
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
        int number = id;
        long asked = System.nanoTime();
        if (own && lockedAs != number && store.lock(connection, number)) {
            lockedAs = number;
        }
        note(number, asked, store.heartbeat(connection, number, lockedAs == number));
    }

    @Override
    public void lost() {
        lockedAs = 0;
        observer.connectionLost();
    }

    @Override
    public String toString() {
        return "node " + id + " '" + name + "'";
    }

    /** Shows on a connection of the pool, which holds no session lock, that the node lives. */
    void beat(KeptConnection connection) {
        int number = id;
        long asked = System.nanoTime();
        if (number != 0) {
            note(number, asked, connection.run(kept -> store.heartbeat(kept, number, false)));
        }
    }

    private void note(int number, long asked, NodeStore.Heartbeat answer) {
        if (answer.pulse() == NodeStore.Pulse.DECLARED_DEAD) {
            declaredDead(number);
            return;
        }
        signs.answered(asked);
        observer.drawn(answer.drawn());
        if (answer.pulse() == NodeStore.Pulse.OTHERS_SILENT) {
            observer.othersSilent();
        }
    }

    SignsOfLife signs() {
        return signs;
    }
}
