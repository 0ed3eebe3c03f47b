package io.pgjobq.handler;

import io.pgjobq.JobHandler;
import io.pgjobq.JobRetry;
import io.pgjobq.JobSchedule;
import io.pgjobq.internal.convert.JobTypes;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.util.ClassUtils;

/**
 * A method with {@code @JobHandler}.
 *
 * @param method the method, as declared
 * @param targetClass the class of the bean, without proxies
 * @param annotation what the annotation says, placeholders unresolved
 */
record JobHandlerMethod(Method method, Class<?> targetClass, JobHandler annotation) {

    /** Finds the methods of a class, also inherited, private or annotated in an interface or by composition. */
    static Set<JobHandlerMethod> of(Class<?> targetClass) {
        Map<Method, JobHandler> annotated = MethodIntrospector.selectMethods(targetClass, JobHandlerMethod::find);
        return annotated.entrySet().stream()
                .map(entry -> new JobHandlerMethod(entry.getKey(), targetClass, entry.getValue()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Names it in log lines and stored errors. */
    String description() {
        return targetClass.getSimpleName() + "." + signature();
    }

    /** Names it in error messages. */
    String fullDescription() {
        return targetClass.getName() + "." + signature();
    }

    /** Returns what it says of its failures, in the order of the source. */
    List<JobRetry> retries() {
        return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY, RepeatableContainers.standardRepeatables())
                .stream(JobRetry.class)
                .map(MergedAnnotation::synthesize)
                .toList();
    }

    /** Returns what sends jobs to it again and again, in the order of the source. */
    List<JobSchedule> schedules() {
        return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY, RepeatableContainers.standardRepeatables())
                .stream(JobSchedule.class)
                .map(MergedAnnotation::synthesize)
                .toList();
    }

    /** Returns whether it takes many jobs at once. */
    boolean takesBatches() {
        return annotation.batchSize() != 0;
    }

    HandlerParameters parameters() {
        return HandlerParameters.of(this);
    }

    /** Returns the types to which the method's payload type answers, empty for all that are left. */
    Set<String> namesFor(HandlerParameters parameters) {
        Type type = parameters.payloadType();
        if (type == byte[].class) {
            return Set.of();
        }
        Class<?> rawType = ClassUtils.resolvePrimitiveIfNecessary(
                ResolvableType.forType(type).toClass());
        if (!JobTypes.hasName(rawType)) {
            throw new InvalidJobHandlerException(
                    fullDescription() + " takes a " + rawType.getSimpleName()
                            + ", which has no type name of its own by which jobs could be told apart.",
                    "Name one in @JobHandler(types = \"stats\"), and send jobs for it by "
                            + "jobs.to(queue).type(\"stats\").send(payload)."
                            + (rawType == List.class
                                    ? " Give it a batchSize if it is to take many jobs at once."
                                    : ""));
        }
        boolean stands = rawType.isSealed() || rawType.isEnum() || !Modifier.isAbstract(rawType.getModifiers());
        if (!stands || rawType == Object.class) {
            throw new InvalidJobHandlerException(
                    fullDescription() + " takes a " + rawType.getSimpleName()
                            + ", but jobs are sent under the names of concrete classes.",
                    "Take a record that has it as a component, a class, a sealed interface or byte[], "
                            + "name the types of its jobs in @JobHandler(types = …), or say in @JobHandler(batchSize = …) that it "
                            + "takes many jobs at once.");
        }
        try {
            return JobTypes.namesFor(rawType);
        } catch (IllegalArgumentException e) {
            throw new InvalidJobHandlerException(
                    fullDescription() + " takes a type without a valid name: " + e.getMessage() + ".",
                    "Correct its @JobType.",
                    e);
        }
    }

    private String signature() {
        return method.getName()
                + IntStream.range(0, method.getParameterCount())
                        .filter(parameter -> !HandlerReturn.isContinuation(parameter, method))
                        .mapToObj(parameter -> method.getParameterTypes()[parameter])
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private static @Nullable JobHandler find(Method method) {
        MergedAnnotation<JobHandler> annotation =
                MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).get(JobHandler.class);
        return annotation.isPresent() ? annotation.synthesize() : null;
    }
}
