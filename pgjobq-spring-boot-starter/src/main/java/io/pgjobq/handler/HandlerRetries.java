package io.pgjobq.handler;

import io.pgjobq.JobRetry;
import io.pgjobq.RetryPolicy;
import io.pgjobq.internal.support.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Finds out what becomes of a handler's failed jobs: its annotations before the beans. Used by one thread. */
final class HandlerRetries {

    private static final Logger LOG = Log.of(HandlerRetries.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private @Nullable List<RetryPolicy> beans;

    HandlerRetries(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /** Returns {@code null} if nobody has a say but the queue. */
    @Nullable
    RetryPolicy of(JobHandlerMethod method) {
        List<RetryRule> rules = new ArrayList<>();
        for (JobRetry annotation : method.retries()) {
            rules.add(rule(method, annotation));
        }
        RetryPolicy policy = RetryPolicies.of(rules, beans());
        if (policy != null) {
            LOG.info("{}: retries {}; then as its queue says", method.description(), policy);
        }
        return policy;
    }

    private List<RetryPolicy> beans() {
        List<RetryPolicy> found = beans;
        if (found == null) {
            found = beanFactory
                    .getBeanProvider(RetryPolicy.class)
                    .orderedStream()
                    .toList();
            beans = found;
        }
        return found;
    }

    private RetryRule rule(JobHandlerMethod method, JobRetry annotation) {
        try {
            return RetryRule.of(
                    annotation, text -> Objects.requireNonNullElse(beanFactory.resolveEmbeddedValue(text), ""));
        } catch (IllegalArgumentException ex) {
            throw new InvalidJobHandlerException(
                    method.fullDescription() + " can't be retried so: " + ex.getMessage() + ".",
                    "Correct its @JobRetry annotation.",
                    ex);
        }
    }
}
