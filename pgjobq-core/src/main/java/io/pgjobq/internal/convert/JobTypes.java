package io.pgjobq.internal.convert;

import io.pgjobq.JobType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The logical names of payload types, the same on the sending and the handling side. */
public final class JobTypes {

    private JobTypes() {}

    /** Returns the name under which payloads of the class are sent. */
    public static String nameOf(Class<?> type) {
        JobType named = type.getAnnotation(JobType.class);
        return named != null ? named.value() : type.getSimpleName();
    }

    /**
     * Returns the names that a handler of the type takes: the type's name and aliases, for a sealed type those of its
     * permitted subtypes too.
     */
    public static Set<String> namesFor(Type type) {
        Set<String> names = new LinkedHashSet<>();
        collect(rawClass(type), names);
        return names;
    }

    private static void collect(Class<?> type, Set<String> names) {
        names.add(nameOf(type));
        JobType named = type.getAnnotation(JobType.class);
        if (named != null) {
            names.addAll(List.of(named.aliases()));
        }
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, names);
            }
        }
    }

    private static Class<?> rawClass(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        if (type instanceof ParameterizedType parameterized) {
            return rawClass(parameterized.getRawType());
        }
        throw new IllegalArgumentException(
                "the payload type " + type + " has no logical name; give the handler its types");
    }
}
