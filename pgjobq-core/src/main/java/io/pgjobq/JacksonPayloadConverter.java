package io.pgjobq;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Payloads as JSON, by Jackson 3. */
public final class JacksonPayloadConverter implements PayloadConverter {

    private final JsonMapper mapper;

    public JacksonPayloadConverter() {
        this(JsonMapper.shared());
    }

    public JacksonPayloadConverter(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public byte[] write(Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new PayloadConversionException(value.getClass().getName() + " can't be written as JSON", e);
        }
    }

    @Override
    public @Nullable Object read(byte[] bytes, Type type) {
        try {
            return mapper.readValue(bytes, mapper.constructType(type));
        } catch (JacksonException e) {
            throw new PayloadConversionException("JSON can't be read as " + type.getTypeName(), e);
        }
    }
}
