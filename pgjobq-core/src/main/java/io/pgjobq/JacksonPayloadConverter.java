package io.pgjobq;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Payloads and results as JSON, by Jackson 3. Types come from handlers and callers only: nothing in the data names a class. What an
 * earlier or a later version of the application has written can be read, however the mapper is set: fields that the type does not
 * have are ignored, and those that are missing are null, 0 or false, or have the default that the class gives them.
 */
public final class JacksonPayloadConverter implements PayloadConverter {

    private final JsonMapper mapper;
    private final ObjectReader reader;

    /** Uses a mapper with Jackson's defaults. */
    public JacksonPayloadConverter() {
        this(JsonMapper.builder().build());
    }

    /** Uses the given mapper. */
    public JacksonPayloadConverter(JsonMapper mapper) {
        this.mapper = mapper;
        this.reader = mapper.reader()
                .without(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
    }

    @Override
    public byte[] write(Object value) {
        try {
            byte[] bytes = mapper.writeValueAsBytes(value);
            if (mayHoldHalfAPair(bytes)) {
                skim(bytes);
            }
            return bytes;
        } catch (JacksonException | StackOverflowError ex) {
            throw new PayloadConversionException(
                    "a " + value.getClass().getName() + " can't be written as JSON: " + reason(ex), ex);
        }
    }

    @Override
    public @Nullable Object read(byte[] bytes, Type type) {
        try {
            return reader.forType(mapper.constructType(type)).readValue(bytes);
        } catch (JacksonException | StackOverflowError ex) {
            // Jackson repeats the data, which must get into no log: so it is not even the cause.
            throw new PayloadConversionException(
                    "the stored JSON can't be read as " + type.getTypeName() + ": " + reasonWithoutData(ex));
        }
    }

    private static String reasonWithoutData(Throwable ex) {
        String kind = ex.getClass().getSimpleName();
        if (ex instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            kind += " for " + mismatch.getTargetType().getSimpleName();
        }
        TokenStreamLocation at = ex instanceof JacksonException jackson ? jackson.getLocation() : null;
        return at == null ? kind : kind + " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /** Half a surrogate pair can be written anywhere, but not be read as a part of a name: better to learn it at once. */
    private void skim(byte[] json) {
        try (JsonParser parser = mapper.createParser(json)) {
            while (parser.nextToken() != null) {
                // Only whether it can be read matters.
                continue;
            }
        }
    }

    private static boolean mayHoldHalfAPair(byte[] json) {
        for (int i = 0; i < json.length - 2; i++) {
            if (json[i] == '\\' && json[i + 1] == 'u' && (json[i + 2] | 0x20) == 'd') {
                return true;
            }
        }
        return false;
    }

    private static String reason(Throwable ex) {
        return ex instanceof JacksonException jackson ? jackson.getOriginalMessage() : ex.toString();
    }
}
