package io.pgjobq.internal.convert;

import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import org.jspecify.annotations.Nullable;

/** Turns payloads into what is stored, and refuses what can't be. Thread-safe. */
public final class Payloads {

    /** A payload is stored, sent and read as a whole. */
    private static final int LARGEST = 64 * 1024 * 1024;

    private final PayloadConverter converter;

    public Payloads(PayloadConverter converter) {
        this.converter = converter;
    }

    /**
     * Writes a payload; a {@code byte[]} is one already.
     *
     * @param whose what a failure begins with, such as the queue
     */
    public byte[] write(String whose, @Nullable Object payload) {
        byte[] bytes = convert(whose, payload);
        if (bytes.length > LARGEST) {
            throw new PayloadConversionException(whose + ": a payload takes " + bytes.length + " bytes; at most "
                    + LARGEST + " can be stored: send a reference to it instead");
        }
        return bytes;
    }

    private byte[] convert(String whose, @Nullable Object payload) {
        if (payload == null) {
            throw new PayloadConversionException(whose + ": a payload must not be null");
        }
        if (payload instanceof byte[] raw) {
            return raw;
        }
        try {
            return converter.write(payload);
        } catch (PayloadConversionException ex) {
            throw new PayloadConversionException(whose + ": " + ex.getMessage(), ex);
        } catch (RuntimeException | StackOverflowError ex) {
            throw new PayloadConversionException(
                    whose + ": a " + payload.getClass().getName() + " can't be written", ex);
        }
    }
}
