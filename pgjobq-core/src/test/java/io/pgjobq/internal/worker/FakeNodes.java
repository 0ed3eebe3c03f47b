package io.pgjobq.internal.worker;

import io.pgjobq.internal.node.Node;
import io.pgjobq.internal.store.NodeRegistry;
import io.pgjobq.internal.store.Registration;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of nodes that gives each registration the next number, and an observer that does nothing. */
final class FakeNodes implements NodeRegistry, Node.Observer {

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

    @Override
    public void othersSilent() {}

    @Override
    public void connectionLost() {}

    @Override
    public void drawn(long position) {}

    @Override
    public void inDoubt() {}

    @Override
    public void missing(List<Integer> queues) {}

    @Override
    public int[] queues() {
        return new int[0];
    }
}
