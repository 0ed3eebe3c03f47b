package io.pgjobq.store;

import io.pgjobq.JobType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The logical type names of payload classes. */
public final class JobTypes {

    private JobTypes() {}

    /** Returns the name under which payloads of the class are sent. */
    public static String nameOf(Class<?> payloadClass) {
        JobType type = payloadClass.getAnnotation(JobType.class);
        return type == null ? payloadClass.getSimpleName() : type.value();
    }

    /** Returns the names that a handler of the type accepts. */
    public static Set<String> namesFor(Type payloadType) {
        Set<String> names = new LinkedHashSet<>();
        collect(rawClass(payloadType), names);
        return names;
    }

    private static void collect(Class<?> type, Set<String> names) {
        names.add(nameOf(type));
        JobType annotation = type.getAnnotation(JobType.class);
        if (annotation != null) {
            names.addAll(List.of(annotation.aliases()));
        }
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, names);
            }
        }
    }

    private static Class<?> rawClass(Type type) {
        if (type instanceof Class<?> rawClass) {
            return rawClass;
        }
        if (type instanceof ParameterizedType parameterized) {
            return rawClass(parameterized.getRawType());
        }
        throw new IllegalArgumentException(type.getTypeName() + " is no class");
    }
}
