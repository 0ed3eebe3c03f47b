package io.pgjobq.internal.engine;

import io.pgjobq.internal.completion.CompletionTracker;
import io.pgjobq.internal.maintenance.Maintenance;
import io.pgjobq.internal.notify.LocalDispatch;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.worker.QueueContainer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Takes signals to the containers, the maintenance and those who wait, and senders to the containers. Thread-safe. */
final class SignalRouter implements SignalSink, LocalDispatch {

    private final List<QueueContainer> containers = new CopyOnWriteArrayList<>();

    /** Set once, before anything is started. */
    private volatile @Nullable Maintenance maintenance;

    /** Set once, before anything is started. */
    private volatile @Nullable CompletionTracker completions;

    void connect(Maintenance newMaintenance, CompletionTracker newCompletions) {
        maintenance = newMaintenance;
        completions = newCompletions;
    }

    void add(QueueContainer container) {
        containers.add(container);
    }

    List<QueueContainer> containers() {
        return containers;
    }

    /** Returns the types of a queue's jobs that are run here, as a claim asks for them: none if it has no container, {@code null} for all. */
    @Nullable
    String @Nullable [] types(String queue) {
        for (QueueContainer container : containers) {
            if (container.queue().equals(queue)) {
                return container.types();
            }
        }
        return new String[0];
    }

    @Override
    public void receive(Signal signal) {
        if (signal instanceof Signal.Ready ready) {
            for (QueueContainer container : containers) {
                if (container.queueId() == ready.queue()) {
                    container.announce(ready.priority(), ready.seq());
                }
            }
        } else if (signal instanceof Signal.Room room) {
            for (QueueContainer container : containers) {
                if (container.queueId() == room.queue()) {
                    container.hasRoom();
                }
            }
        } else if (signal instanceof Signal.Turn turn) {
            for (QueueContainer container : containers) {
                if (container.queueId() == turn.queue()) {
                    container.announceTurn(turn.line());
                }
            }
        } else if (signal instanceof Signal.Look && maintenance != null) {
            maintenance.sweep();
        } else if (signal instanceof Signal.Due due && maintenance != null) {
            maintenance.due(due.inMillis());
        } else if (signal instanceof Signal.Scheduled scheduled && maintenance != null) {
            maintenance.scheduled(scheduled.inMillis());
        } else if (signal instanceof Signal.Cancel cancel && maintenance != null) {
            maintenance.cancel(cancel.node());
        } else if (signal instanceof Signal.Ended ended && completions != null) {
            completions.endedElsewhere(ended.ids());
        } else if (signal instanceof Signal.Progressed progressed && completions != null) {
            completions.progressedElsewhere(progressed.ids());
        }
    }

    /** Makes a job end that is held here; returns whether it is. */
    boolean cancel(long job, @Nullable String reason) {
        return containers.stream().anyMatch(container -> container.cancel(job, reason));
    }

    @Override
    public @Nullable WorkerSlot reserve(String queue, int priority, String type) {
        for (QueueContainer container : containers) {
            if (container.queue().equals(queue)) {
                return container.reserve(priority, type);
            }
        }
        return null;
    }

    @Override
    public void resynchronize() {
        if (maintenance != null) {
            maintenance.sweep();
        }
        if (completions != null) {
            completions.lookEverywhere();
        }
    }
}
