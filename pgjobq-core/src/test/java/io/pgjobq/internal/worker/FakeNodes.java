package io.pgjobq.internal.worker;

import io.pgjobq.internal.node.Unobserved;
import io.pgjobq.internal.store.NodeRegistry;
import io.pgjobq.internal.store.Registration;
import java.sql.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A list of nodes that gives each registration the next number, and an observer that does nothing. */
final class FakeNodes extends Unobserved implements NodeRegistry {

    volatile int last;
    volatile @Nullable RuntimeException failure;

    @Override
    public int register(long token, String name, Duration heartbeatEvery, Duration silenceAllowed) {
        if (failure != null) {
            throw failure;
        }
        last = last + 1;
        return last;
    }

    @Override
    public void unregister(Registration registration) {}

    @Override
    public boolean lock(Connection connection, int node) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HeartbeatResult heartbeat(Connection connection, Registration registration, boolean locked, int[] queues) {
        throw new UnsupportedOperationException();
    }
}
