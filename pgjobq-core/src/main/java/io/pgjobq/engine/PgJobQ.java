package io.pgjobq.engine;

import io.pgjobq.DeadJobs;
import io.pgjobq.JobCompletions;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.PayloadConverter;
import io.pgjobq.WorkerContainer;
import io.pgjobq.notify.ListenConnectionFactory;
import io.pgjobq.worker.Handler;
import io.pgjobq.worker.WorkerOptions;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

public final class PgJobQ implements SmartLifecycle, AutoCloseable {

    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    public JobSender sender() {
        throw new UnsupportedOperationException();
    }

    public JobCompletions completions() {
        throw new UnsupportedOperationException();
    }

    public JobQueues queues() {
        throw new UnsupportedOperationException();
    }

    public DeadJobs deadJobs() {
        throw new UnsupportedOperationException();
    }

    public List<WorkerContainer> containers() {
        throw new UnsupportedOperationException();
    }

    /** Creates the container of a queue (not started); fails if handlers clash. Phase of a container: DEFAULT_PHASE - 100. */
    public WorkerContainer container(String queue, List<Handler> handlers, WorkerOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Declares a queue that is only sent to, with its options; created when the engine starts. */
    public void declareQueue(String queue, WorkerOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void start() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void stop() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isRunning() {
        return false;
    }

    @Override
    public void close() {}

    public static final class Builder {
        Builder(DataSource dataSource) {}

        public Builder options(EngineOptions options) {
            return this;
        }

        public Builder converter(PayloadConverter converter) {
            return this;
        }
        /** null = poll only. */
        public Builder listenConnections(@Nullable ListenConnectionFactory factory) {
            return this;
        }
        /** Whether start() migrates the schema, or only checks it. */
        public Builder migrate(boolean migrate) {
            return this;
        }

        public PgJobQ build() {
            return new PgJobQ();
        }
    }
}
