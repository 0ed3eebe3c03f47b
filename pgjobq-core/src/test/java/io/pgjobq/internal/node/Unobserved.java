package io.pgjobq.internal.node;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does nothing about what heartbeats show. */
public class Unobserved implements RegisteredNode.Observer {

    @Override
    public void scheduled(@Nullable Long inMillis) {}

    @Override
    public void cancellations() {}

    @Override
    public void othersSilent() {}

    @Override
    public void connectionLost() {}

    @Override
    public void drawn(long position) {}

    @Override
    public void time(Instant shown, Duration took) {}

    @Override
    public void inDoubt() {}

    @Override
    public void missing(List<Integer> queues) {}

    @Override
    public int[] queues() {
        return new int[0];
    }
}
