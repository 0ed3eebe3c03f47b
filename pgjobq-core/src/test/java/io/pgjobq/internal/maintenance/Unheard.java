package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.node.Node;
import java.util.List;

/** Does nothing about what heartbeats show. */
final class Unheard implements Node.Observer {

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
