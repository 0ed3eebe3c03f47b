package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Runs tasks one after the other as they are due, each once a round, so that none that has much to do holds up the others
 * for longer than one of its steps. Tasks are added before it runs, by one thread.
 */
final class Rounds {

    private final Background background;
    private final LongSupplier nanoTime;
    private final Vitals vitals;
    private final List<Task> tasks = new ArrayList<>();

    Rounds(Background background, LongSupplier nanoTime, Vitals vitals) {
        this.background = background;
        this.nanoTime = nanoTime;
        this.vitals = vitals;
    }

    Task add(String name, Step step) {
        Task task = new Task(name, step, background, nanoTime, vitals);
        tasks.add(task);
        return task;
    }

    /** Waits until a task is due; returns false when the background is to stop. */
    boolean awaitDue() throws InterruptedException {
        while (!background.isStopping()) {
            long next = nextAt();
            long left = next - nanoTime.getAsLong();
            if (left <= 0) {
                return true;
            }
            background.await(() -> nextAt() - next < 0, Duration.ofNanos(left));
        }
        return false;
    }

    /** Runs each task that is due. */
    void runDue(Consumer<Throwable> failed) {
        for (Task task : tasks) {
            Throwable failure = background.isStopping() ? null : task.runIfDue();
            if (failure != null) {
                failed.accept(failure);
            }
        }
    }

    private long nextAt() {
        return tasks.stream()
                .mapToLong(Task::dueAt)
                .reduce((one, other) -> one - other < 0 ? one : other)
                .orElseThrow();
    }
}
