package io.pgjobq.reliability.harness;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Starts a worker again whenever it has ended, as a cluster would, and notes that. Thread-safe. */
public final class Supervisor implements AutoCloseable {

    private final Books books;
    private final Function<String, Worker> launch;
    private final String name;
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closing;

    /**
     * @param launch starts a worker under the name that is given
     * @param name what the names of its workers begin with
     */
    public Supervisor(Books books, Function<String, Worker> launch, String name) {
        this.books = books;
        this.launch = launch;
        this.name = name;
        this.thread = new Thread(this::run, "supervisor-" + name);
        thread.start();
    }

    private void run() {
        while (!closing) {
            OffsetDateTime began = books.now();
            Worker worker = launch.apply(name + "-" + workers.size());
            workers.add(worker);
            worker.awaitEnd(Duration.ofHours(1));
            if (!closing) {
                books.note(worker, "ended by itself", began);
            }
        }
    }

    /** All that it has started so far; the last of them runs, if none has ended at this moment. */
    public List<Worker> workers() {
        return List.copyOf(workers);
    }

    /** Ends the worker and starts none after it. */
    @Override
    public void close() throws InterruptedException {
        closing = true;
        while (thread.isAlive()) {
            workers.forEach(Worker::close);
            thread.join(100);
        }
    }
}
