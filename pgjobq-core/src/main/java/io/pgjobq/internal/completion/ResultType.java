package io.pgjobq.internal.completion;

import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** As what callers want to see results, such as {@code List<Order>}. */
public record ResultType(Type type) {

    /** For whoever does not want the result. */
    public static final ResultType NONE = new ResultType(Void.class);

    /**
     * @param what whose result it is, for the message
     * @throws IllegalArgumentException if it holds a type variable, which says nothing of what is to be read
     */
    public static ResultType of(String what, Type type) {
        TypeVariable<?> open = variable(type);
        if (open != null) {
            throw new IllegalArgumentException(what + ": a result can't be read as " + type.getTypeName()
                    + ", since nobody knows what its type variable " + open.getName()
                    + " stands for; name the type itself, where the reference to it is made");
        }
        return new ResultType(type);
    }

    private static @Nullable TypeVariable<?> variable(Type type) {
        if (type instanceof TypeVariable<?> found) {
            return found;
        }
        if (type instanceof GenericArrayType array) {
            return variable(array.getGenericComponentType());
        }
        return type instanceof ParameterizedType generic
                ? Arrays.stream(generic.getActualTypeArguments())
                        .map(ResultType::variable)
                        .filter(found -> found != null)
                        .findFirst()
                        .orElse(null)
                : null;
    }

    /** Returns the result of a job, {@code null} if there is none, or nobody wants it. */
    @Nullable
    Object read(long job, byte @Nullable [] bytes, PayloadConverter converter) {
        if (bytes == null || type == Void.class) {
            return null;
        }
        Object result;
        try {
            result = type == byte[].class ? bytes : converter.read(bytes, type);
        } catch (PayloadConversionException ex) {
            throw new PayloadConversionException("job " + job + ": its result can't be read: " + ex.getMessage(), ex);
        }
        Class<?> expected = ClassUtils.resolvePrimitiveIfNecessary(
                ResolvableType.forType(type).toClass());
        if (result != null && !expected.isInstance(result)) {
            throw new PayloadConversionException("job " + job + ": its result was wanted as " + type.getTypeName()
                    + ", but the converter has made a " + result.getClass().getName() + " of it");
        }
        return result;
    }
}
