package io.pgjobq.internal.convert;

import io.pgjobq.JobType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The logical names of payload types, the same on the sending and the handling side. */
public final class JobTypes {

    private JobTypes() {}

    /**
     * Returns the name under which payloads of the class are sent, with their version.
     *
     * @throws IllegalArgumentException if the class has no name by which a handler could be found, or one that can't be
     */
    public static String nameOf(Class<?> type) {
        Class<?> named = constant(type);
        JobType annotation = named.getAnnotation(JobType.class);
        if (annotation != null) {
            return stored(named, annotation, annotation.value());
        }
        if (!hasName(named)) {
            throw new IllegalArgumentException("a " + (isContainer(named) ? kind(named) : named.getName())
                    + " has no type name of its own; name one when sending, to(\"…\").type(\"stats\").send(…), and at the"
                    + " handler, @JobHandler(value = \"…\", types = \"stats\")");
        }
        return named.getSimpleName();
    }

    /** Returns whether payloads of the class can be told from others by a name: not those of maps, lists, and anonymous classes. */
    public static boolean hasName(Class<?> type) {
        Class<?> named = constant(type);
        return named.isAnnotationPresent(JobType.class)
                || !(isContainer(named)
                        || named.isHidden()
                        || named.isSynthetic()
                        || named.getSimpleName().isEmpty());
    }

    /** A constant of an enum may have a class of its own. */
    private static Class<?> constant(Class<?> type) {
        Class<?> above = type.getSuperclass();
        return above != null && above.isEnum() ? above : type;
    }

    private static boolean isContainer(Class<?> type) {
        return Map.class.isAssignableFrom(type) || Collection.class.isAssignableFrom(type);
    }

    private static String kind(Class<?> container) {
        if (Map.class.isAssignableFrom(container)) {
            return "Map";
        }
        return List.class.isAssignableFrom(container) ? "List" : "Collection";
    }

    /**
     * Returns the names that a handler of the type takes, each with the latest version it knows: the type's name and aliases, for a
     * sealed type those of its permitted subtypes too.
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
            for (String alias : named.aliases()) {
                names.add(stored(type, named, alias));
            }
        }
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, names);
            }
        }
    }

    private static String stored(Class<?> type, JobType named, String name) {
        if (named.version() < 1 || named.version() > TypeName.LATEST) {
            throw new IllegalArgumentException("the version of @JobType(\"" + named.value() + "\") of " + type.getName()
                    + " must be from 1 to " + TypeName.LATEST + ", but is " + named.version());
        }
        TypeName ambiguous = TypeName.parse(name);
        if (ambiguous.version() > 1) {
            throw new IllegalArgumentException("@JobType of " + type.getName() + " names '" + name
                    + "', but a version is written as version = " + ambiguous.version());
        }
        return new TypeName(name, named.version()).stored();
    }

    /**
     * Returns the class among a type and, if it is sealed, its permitted subtypes that payloads of a logical name are read as;
     * {@code null} if there is none.
     *
     * @param name without a version
     */
    public static @Nullable Class<?> classFor(Class<?> type, String name) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                Class<?> found = classFor(permitted, name);
                if (found != null) {
                    return found;
                }
            }
        }
        JobType named = type.getAnnotation(JobType.class);
        boolean takes = named == null
                ? type.getSimpleName().equals(name)
                : named.value().equals(name) || List.of(named.aliases()).contains(name);
        return takes ? type : null;
    }

    /** Returns the name that payloads of the class are sent under now, without a version, whatever aliases they had. */
    public static String currentName(Class<?> type) {
        JobType named = type.getAnnotation(JobType.class);
        return named == null ? type.getSimpleName() : named.value();
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
