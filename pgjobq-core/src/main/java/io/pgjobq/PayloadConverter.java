package io.pgjobq;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns payloads and results into bytes and back. Implementations are thread-safe. {@code byte[]} payloads never reach
 * the converter.
 */
public interface PayloadConverter {

    /**
     * Writes a payload or a result.
     *
     * @throws PayloadConversionException if it can't be written
     */
    byte[] write(Object value);

    /**
     * Reads a payload or a result as the given type, which comes from a handler's parameter or a caller, never from
     * stored data.
     *
     * @throws PayloadConversionException if it can't be read
     */
    @Nullable
    Object read(byte[] bytes, Type type);
}
