package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.StartedJob;
import io.pgjobq.internal.worker.AttemptEnds.ExpiredException;
import io.pgjobq.internal.worker.AttemptEnds.JobLostException;
import io.pgjobq.internal.worker.AttemptEnds.KeptException;
import io.pgjobq.internal.worker.AttemptEnds.NotBegunException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Reads what a handler is called with, from the table if it was too large to come with the claim. Thread-safe. */
final class PayloadReader {

    private final Handlers handlers;
    private final PayloadConverter converter;
    private final WorkerStore store;

    PayloadReader(Handlers handlers, PayloadConverter converter, WorkerStore store) {
        this.handlers = handlers;
        this.converter = converter;
        this.store = store;
    }

    /**
     * Returns the payload as the handler wants it.
     *
     * @throws NotBegunException if it can't be read for the moment
     * @throws KeptException if somebody keeps the job, in a transaction that is still open
     * @throws ExpiredException if the job's deadline is over
     * @throws JobLostException if the job is not there any more
     * @throws PayloadConversionException if the converter refuses it
     */
    @Nullable
    Object read(Handler handler, JobRun run) {
        return converted(handler, run.job(), bytes(handler, run));
    }

    /** Returns the payload as it is stored; the exceptions are the same. */
    byte[] bytes(Handler handler, JobRun run) {
        byte[] bytes = run.job().payload();
        if (bytes != null) {
            return bytes;
        }
        StartedJob started;
        try {
            started = store.start(run.job());
        } catch (RuntimeException ex) {
            if (lacksMemory(ex)) {
                // It will not fit the next time either.
                throw ex;
            }
            throw new NotBegunException(handler, "the payload could not be read", ex);
        }
        if (started instanceof StartedJob.Payload payload) {
            if (payload.left() != null) {
                run.expiresIn(payload.left());
            }
            return payload.bytes();
        }
        if (started instanceof StartedJob.Expired) {
            throw new ExpiredException();
        }
        if (started instanceof StartedJob.Held) {
            throw new KeptException();
        }
        throw new JobLostException(run.toString());
    }

    private static boolean lacksMemory(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof OutOfMemoryError || cause != null && lacksMemory(cause);
    }

    /** Returns the payload as the handler wants it. */
    @Nullable
    Object converted(Handler handler, ClaimedJob job, byte[] stored) {
        byte[] bytes = handlers.upgraded(job.type(), stored, converter);
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
}
