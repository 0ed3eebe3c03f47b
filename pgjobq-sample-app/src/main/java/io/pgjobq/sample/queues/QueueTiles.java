package io.pgjobq.sample.queues;

import io.pgjobq.JobQueues;
import io.pgjobq.WorkerContainer;
import io.pgjobq.sample.SampleProperties;
import io.pgjobq.sample.live.LiveItem;
import io.pgjobq.sample.live.LiveSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Describes all queues, and reaches the containers, which are beans like any other. */
@Component
class QueueTiles implements LiveSource {

    private final JobQueues queues;
    private final ObjectProvider<WorkerContainer> containers;
    private final String node;

    QueueTiles(JobQueues queues, ObjectProvider<WorkerContainer> containers, SampleProperties sample) {
        this.queues = queues;
        this.containers = containers;
        this.node = sample.nodeName();
    }

    @Override
    public List<LiveItem> items() {
        Map<String, WorkerContainer> byQueue = byQueue();
        List<QueueTile> tiles = queues.describeAll().stream()
                .map(queue -> QueueTile.of(queue, byQueue.get(queue.name())))
                .toList();
        return List.of(LiveItem.single("queues", new Overview(node, tiles)));
    }

    /** Pauses the queue in this copy of the sample; others go on. */
    void pauseHere(String queue) {
        container(queue).pause();
    }

    void resumeHere(String queue) {
        container(queue).resume();
    }

    private WorkerContainer container(String queue) {
        WorkerContainer container = byQueue().get(queue);
        if (container == null) {
            throw new IllegalArgumentException("no container works on queue '" + queue + "' here");
        }
        return container;
    }

    private Map<String, WorkerContainer> byQueue() {
        return containers.stream().collect(Collectors.toMap(WorkerContainer::queue, Function.identity()));
    }

    /** All queues, and the name of the copy of the sample that shows them. */
    record Overview(String node, List<QueueTile> queues) {}
}
