package io.pgjobq.handler;

import io.pgjobq.Handler;
import io.pgjobq.Schedule;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.StringUtils;

/** Makes a {@link Handler} of a method. */
final class HandlerFactory {

    private final ConfigurableListableBeanFactory beanFactory;
    private final HandlerTransactions transactions;
    private final HandlerRetries retries;
    private final HandlerSchedules schedules;

    HandlerFactory(ConfigurableListableBeanFactory beanFactory, HandlerTransactions transactions) {
        this.beanFactory = beanFactory;
        this.transactions = transactions;
        this.retries = new HandlerRetries(beanFactory);
        this.schedules = new HandlerSchedules(this::text);
    }

    Handler create(String beanName, JobHandlerMethod method) {
        HandlerParameters parameters = method.parameters();
        HandlerReturn returned = HandlerReturn.of(method);
        HandlerInvocation invocation =
                new HandlerInvocation(() -> beanFactory.getBean(beanName), method, parameters, returned);
        Class<?> beanClass = beanFactory.getType(beanName, false);
        if (beanClass != null) {
            invocation.check(beanClass);
        }
        return new Handler(
                method.description(),
                parameters.payloadType(),
                types(method, parameters),
                transactions.of(method, returned),
                HandlerTimeLimit.of(method, this::text),
                retries.of(method),
                HandlerBatching.of(method, this::text),
                invocation);
    }

    /** Returns the queues that the annotation names. */
    static Set<String> queues(ConfigurableListableBeanFactory beanFactory, JobHandlerMethod method) {
        Set<String> queues = resolve(beanFactory, method.annotation().value());
        if (queues.isEmpty()) {
            throw new InvalidJobHandlerException(
                    method.fullDescription() + " names no queue.", "Name one or more in @JobHandler.");
        }
        return queues;
    }

    /** Returns what sends jobs to a handler again and again. */
    List<Schedule> schedules(JobHandlerMethod method, Handler handler, Set<String> queues) {
        return schedules.of(method, handler, queues);
    }

    /** A handler that takes no payload has types of its own, so that a queue may have many of the kind. */
    private Set<String> types(JobHandlerMethod method, HandlerParameters parameters) {
        Set<String> named = resolve(beanFactory, method.annotation().types());
        if (!named.isEmpty()) {
            return named;
        }
        return parameters.takesPayload() ? method.namesFor(parameters) : Set.copyOf(schedules.names(method));
    }

    private String text(String value) {
        return Objects.requireNonNullElse(beanFactory.resolveEmbeddedValue(value), "");
    }

    private static Set<String> resolve(ConfigurableListableBeanFactory beanFactory, String[] values) {
        return Arrays.stream(values)
                .map(beanFactory::resolveEmbeddedValue)
                .flatMap(value -> Arrays.stream(StringUtils.commaDelimitedListToStringArray(value)))
                .map(String::trim)
                .filter(StringUtils::hasText)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
