package io.pgjobq;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Brings payloads of one logical type from a version to the next, before they are converted for a handler (see
 * {@link JobType#version}). Steps follow each other: from 1 to 2, from 2 to 3. What is stored stays as it is. A bean of this type is
 * used by the starter. Thread-safe.
 *
 * <p>A step that throws ends the job as dead, as a payload does that can't be read: it can be redriven when the step is mended.
 */
public interface PayloadUpgrade {

    /** Returns the logical type, without a version; that which {@link JobType#value} says now, not an alias. */
    String type();

    /** Returns the version that it takes, at least 1. It returns the next one. */
    int fromVersion();

    /**
     * Returns the payload in the next version.
     *
     * @param payload as the version before stored it
     * @param converter the application's
     */
    byte[] upgrade(byte[] payload, PayloadConverter converter);

    /**
     * Returns a step that reads payloads as some class, such as the record of the earlier version, and writes what the function
     * makes of them.
     *
     * @throws IllegalArgumentException if the version is less than 1
     */
    static <T> PayloadUpgrade of(String type, int fromVersion, Class<T> earlier, Function<T, ?> step) {
        return new ConvertingUpgrade<>(type, fromVersion, earlier, step);
    }

    /**
     * Returns a step that reads payloads as maps, which the function may change. With the default converter, numbers with a
     * fraction are doubles there: to keep more digits, use {@link #of}.
     *
     * @throws IllegalArgumentException if the version is less than 1
     */
    static PayloadUpgrade ofMap(String type, int fromVersion, UnaryOperator<Map<String, @Nullable Object>> step) {
        return new ConvertingUpgrade<>(type, fromVersion, ConvertingUpgrade.MAP, step);
    }
}

/** Reads, changes and writes by the application's converter. */
record ConvertingUpgrade<T>(String type, int fromVersion, Type earlier, Function<T, ?> step) implements PayloadUpgrade {

    static final Type MAP = new StringMap();

    ConvertingUpgrade {
        if (fromVersion < 1) {
            throw new IllegalArgumentException(
                    "an upgrade of type '" + type + "' must start at version 1 or later, but starts at " + fromVersion);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public byte[] upgrade(byte[] payload, PayloadConverter converter) {
        Object read = earlier == byte[].class ? payload : converter.read(payload, earlier);
        Object next = step.apply((T) Objects.requireNonNull(read, "the payload is a JSON null"));
        return next instanceof byte[] raw
                ? raw
                : converter.write(Objects.requireNonNull(next, "the step returned null"));
    }

    /** A map from texts to anything. */
    private record StringMap() implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return new Type[] {String.class, Object.class};
        }

        @Override
        public Type getRawType() {
            return Map.class;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return null;
        }

        @Override
        public String getTypeName() {
            return "Map<String, Object>";
        }
    }
}
