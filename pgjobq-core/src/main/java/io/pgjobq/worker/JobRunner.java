package io.pgjobq.worker;

import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import io.pgjobq.RetryPolicy;
import io.pgjobq.store.ClaimedJob;
import io.pgjobq.store.Completion;
import io.pgjobq.store.Database;
import io.pgjobq.store.JobStore;
import io.pgjobq.store.Settlement.Completed;
import io.pgjobq.store.Settlement.Failed;
import io.pgjobq.store.Settlement.Failure;
import io.pgjobq.store.Settlement.Released;
import io.pgjobq.store.Settlement.Succeeded;
import io.pgjobq.store.SettlementStore;
import io.pgjobq.support.LogText;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/** Runs attempts: reads the payload, calls the handler, and settles what it came to. Nothing that happens there escapes. */
final class JobRunner {

    /** A result is stored and read as a whole. */
    private static final int LARGEST_RESULT = 64 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final Handlers handlers;
    private final WorkerOptions options;
    private final PayloadConverter converter;
    private final JobStore jobs;
    private final SettlementStore settlements;
    private final CompletionSink completions;
    private final Runnable onPartitionMissing;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    JobRunner(
            Handlers handlers,
            WorkerOptions options,
            PayloadConverter converter,
            JobStore jobs,
            SettlementStore settlements,
            CompletionSink completions,
            Runnable onPartitionMissing) {
        this.handlers = handlers;
        this.options = options;
        this.converter = converter;
        this.jobs = jobs;
        this.settlements = settlements;
        this.completions = completions;
        this.onPartitionMissing = onPartitionMissing;
    }

    void run(JobRun run) {
        run.begin();
        try {
            attempt(run);
        } catch (Throwable thrown) {
            ended(run, thrown);
        } finally {
            run.end();
        }
    }

    private void ended(JobRun run, Throwable thrown) {
        try {
            failed(run, thrown);
        } catch (Throwable ex) {
            // What it threw can't be looked at, or logged, or there is no memory left to do so.
            Failure failure = new Failure(thrown.getClass().getName(), "", "");
            run.settle(new Failed(run.job(), micros(run), failure, delay(run, thrown)));
            LOG.error("{}: attempt {} failed with what can't be told: {}", run, run.attempt(), failure.type());
        }
    }

    /** The handler has called {@code System.exit}, and the process ends of it: that is its failure. */
    void exited(JobRun run) {
        failed(run, new IllegalStateException("the handler called System.exit, which stopped its node"));
    }

    private void attempt(JobRun run) throws Throwable {
        ClaimedJob job = run.job();
        if (run.isLost()) {
            run.settle(new Completed(job));
            return;
        }
        if (run.mayBeLost()) {
            run.settle(new Released(job));
            return;
        }
        Handler handler = handlers.find(job.type());
        if (handler == null) {
            run.settle(new Released(job));
            return;
        }
        Object payload = payload(handler, job, bytes(run));
        TransactionOperations transaction = handler.transaction();
        if (transaction == null) {
            byte[] result = result(handler, handler.invocation().invoke(payload, run));
            succeeded(run, new Succeeded(job, micros(run), result));
        } else {
            attemptIn(transaction, handler, payload, run);
        }
    }

    private byte[] bytes(JobRun run) {
        byte[] bytes = run.job().payload();
        if (bytes != null) {
            return bytes;
        }
        try {
            bytes = jobs.payload(run.id());
        } catch (RuntimeException ex) {
            throw new NotBegunException("its payload could not be read", ex);
        }
        if (bytes == null) {
            throw new JobLostException(run.toString());
        }
        return bytes;
    }

    private @Nullable Object payload(Handler handler, ClaimedJob job, byte[] bytes) {
        Type type = Handlers.payloadType(handler, job.type());
        if (type == byte[].class) {
            return bytes;
        }
        try {
            return converter.read(bytes, type);
        } catch (PayloadConversionException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            throw new PayloadConversionException("the payload can't be read as " + type.getTypeName(), ex);
        }
    }

    private byte @Nullable [] result(Handler handler, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = value instanceof byte[] raw ? raw : converter.write(value);
        } catch (PayloadConversionException ex) {
            throw ex;
        } catch (RuntimeException | StackOverflowError ex) {
            throw new PayloadConversionException("what " + handler.description() + " returned can't be written", ex);
        }
        if (bytes.length > LARGEST_RESULT) {
            throw new PayloadConversionException("what " + handler.description() + " returned takes " + bytes.length
                    + " bytes; at most " + LARGEST_RESULT + " can be kept");
        }
        return bytes;
    }

    private void attemptIn(TransactionOperations transaction, Handler handler, @Nullable Object payload, JobRun run)
            throws Throwable {
        Joint joint = new Joint();
        try {
            transaction.executeWithoutResult(status -> {
                joint.begun = true;
                try {
                    joint.result = result(handler, handler.invocation().invoke(payload, run));
                } catch (Throwable thrown) {
                    throw new HandlerFailed(thrown);
                }
                if (status.isRollbackOnly()) {
                    throw new HandlerFailed(new IllegalStateException(
                            handler.description() + " marked its transaction to be rolled back"));
                }
                joint.micros = micros(run);
                if (settlements.canComplete()) {
                    joint.completion = complete(run, joint);
                }
            });
        } catch (HandlerFailed failed) {
            throw failed.thrown;
        } catch (RuntimeException ex) {
            throw joint.begun ? ex : new NotBegunException("no transaction could be begun for its handler", ex);
        }
        Succeeded succeeded = new Succeeded(run.job(), joint.micros, joint.result);
        if (joint.completion == null) {
            warnOnce(handler);
            succeeded(run, succeeded);
        } else if (run.settle(new Completed(run.job()))) {
            completions.completed(succeeded, joint.completion);
        }
    }

    private Completion complete(JobRun run, Joint joint) {
        Completion completion = settlements.complete(run.job(), joint.micros, joint.result);
        if (completion == null) {
            throw new JobLostException(run.toString());
        }
        return completion;
    }

    private void warnOnce(Handler handler) {
        if (warned.add(handler.description())) {
            LOG.warn(
                    "{} is transactional, but not on the DataSource of the queue: its jobs are completed after its"
                            + " transaction, and may run again after a crash",
                    handler.description());
        }
    }

    private void succeeded(JobRun run, Succeeded succeeded) {
        if (!run.settle(succeeded)) {
            LOG.warn("{}: attempt {} succeeded after the job had been given back; it runs again", run, run.attempt());
        }
    }

    private void failed(JobRun run, Throwable thrown) {
        if (thrown instanceof JobLostException) {
            LOG.warn("{}: attempt {} was rolled back, since the job was taken away from this node", run, run.attempt());
            run.settle(new Completed(run.job()));
            return;
        }
        String excuse = excuse(run, thrown);
        if (excuse != null) {
            if (run.settle(new Released(run.job()))) {
                LOG.warn("{}: attempt {} is given back, since {}", run, run.attempt(), excuse);
            }
            return;
        }
        Long delay = delay(run, thrown);
        Failure failure = Failures.of(thrown);
        if (!run.settle(new Failed(run.job(), micros(run), failure, delay))) {
            LOG.warn("{}: attempt {} failed after the job had been given back", run, run.attempt(), thrown);
        } else if (delay == null) {
            logDeath(run, thrown, failure);
        } else {
            LOG.info(
                    "{}: attempt {} of {} failed, next in {} ms: {}",
                    run,
                    run.attempt(),
                    run.maxAttempts(),
                    delay,
                    Failures.summary(failure));
        }
    }

    /** Returns why a failure is not the job's fault, {@code null} if it is. */
    private @Nullable String excuse(JobRun run, Throwable thrown) {
        if (thrown instanceof NotBegunException) {
            return LogText.masked(String.valueOf(thrown.getMessage()));
        }
        if (Database.lacksPartition(thrown)) {
            onPartitionMissing.run();
            return "there is no partition yet for its history";
        }
        return run.wasInterruptedByStop() ? "the shutdown interrupted it" : null;
    }

    /**
     * A refusal is the handler's own word, and why a payload can't be read may repeat it; any other death is a surprise, of
     * which the stack trace tells more.
     */
    private static void logDeath(JobRun run, Throwable thrown, Failure failure) {
        if (thrown instanceof PayloadConversionException) {
            LOG.warn("{}: dead after attempt {}: {}", run, run.attempt(), Failures.summary(failure));
        } else if (thrown instanceof NonRetryableJobException) {
            LOG.warn("{}: dead after attempt {}, refused by its handler: {}", run, run.attempt(), failure.message());
        } else {
            LOG.warn(
                    "{}: dead after attempt {} of {}: {}",
                    run,
                    run.attempt(),
                    run.maxAttempts(),
                    Failures.summary(failure),
                    thrown);
        }
    }

    /** Returns how long the job waits, {@code null} if it is dead. */
    private @Nullable Long delay(JobRun run, Throwable thrown) {
        boolean hopeless = thrown instanceof NonRetryableJobException || thrown instanceof PayloadConversionException;
        if (hopeless || run.attempt() >= options.maxAttempts()) {
            return null;
        }
        RetryPolicy retry = options.retry();
        Duration delay =
                retry.delayAfter(run.attempt(), ThreadLocalRandom.current().nextDouble());
        return delay.toMillis();
    }

    private static long micros(JobRun run) {
        return TimeUnit.NANOSECONDS.toMicros(run.ranNanos());
    }

    /** What passes from inside the transaction to the outside. Used by one thread. */
    private static final class Joint {

        private boolean begun;
        private byte @Nullable [] result;
        private long micros;
        private @Nullable Completion completion;
    }

    /** Carries what the handler threw through the transaction, which it rolls back. */
    @SuppressWarnings("serial")
    private static final class HandlerFailed extends RuntimeException {

        private final Throwable thrown;

        HandlerFailed(Throwable thrown) {
            super(null, thrown, false, false);
            this.thrown = thrown;
        }
    }

    @SuppressWarnings("serial")
    private static final class JobLostException extends RuntimeException {

        JobLostException(String job) {
            super(job + " was taken away from this node");
        }
    }

    /** The handler was not called: that is not the job's fault, and charges no attempt. */
    @SuppressWarnings("serial")
    private static final class NotBegunException extends RuntimeException {

        NotBegunException(String what, RuntimeException cause) {
            super(what + ": " + cause, cause);
        }
    }
}
