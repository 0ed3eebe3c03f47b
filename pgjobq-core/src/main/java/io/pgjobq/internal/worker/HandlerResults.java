package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** Turns what handlers return into what is stored. Thread-safe. */
final class HandlerResults {

    /** A result is stored and read as a whole. */
    private static final int LARGEST = 64 * 1024 * 1024;

    private final PayloadConverter converter;

    HandlerResults(PayloadConverter converter) {
        this.converter = converter;
    }

    /**
     * @throws PayloadConversionException if it can't be stored, or stands for work that is not done yet
     */
    byte @Nullable [] bytes(Handler handler, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        refuseUnfinished(handler, value);
        byte[] bytes;
        try {
            bytes = value instanceof byte[] raw ? raw : converter.write(value);
        } catch (PayloadConversionException ex) {
            throw ex;
        } catch (RuntimeException | StackOverflowError ex) {
            throw new PayloadConversionException("what " + handler.description() + " returned can't be written", ex);
        }
        if (bytes.length > LARGEST) {
            throw new PayloadConversionException("what " + handler.description() + " returned takes " + bytes.length
                    + " bytes; at most " + LARGEST + " can be kept: return a reference to it instead");
        }
        return bytes;
    }

    private static void refuseUnfinished(Handler handler, Object value) {
        if (value instanceof CompletionStage
                || value instanceof Future
                || value instanceof Flow.Publisher
                || value instanceof BaseStream) {
            throw new PayloadConversionException("what " + handler.description() + " returned is a "
                    + value.getClass().getName()
                    + ", which can't be waited for here; return the value itself, or one CompletionStage of it outside of"
                    + " a transaction");
        }
    }
}
