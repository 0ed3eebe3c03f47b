package io.pgjobq.handler;

import io.pgjobq.BackOff;
import io.pgjobq.JobContext;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the {@link io.pgjobq.JobRetry} annotations of a handler say together. Immutable. */
final class RetryRules implements RetryPolicy {

    /** A chain of causes may be a ring. */
    private static final int DEEPEST = 50;

    private final List<RetryRule> rules;

    RetryRules(List<RetryRule> rules) {
        this.rules = List.copyOf(rules);
    }

    @Override
    public @Nullable RetryDecision decide(JobContext job, Throwable failure, BackOff backOff) {
        RetryRule rule = find(failure);
        if (rule == null) {
            return null;
        }
        if (rule.maxAttempts() > 0 && job.attempt() >= rule.maxAttempts()) {
            return RetryDecision.dead();
        }
        return RetryDecision.retryAfter(rule.backOff(backOff)
                .delayAfter(job.attempt(), ThreadLocalRandom.current().nextDouble()));
    }

    private @Nullable RetryRule find(Throwable failure) {
        List<Throwable> chain = chain(failure);
        List<RetryRule> possible =
                rules.stream().filter(rule -> !rule.excludes(chain)).toList();
        for (Throwable thrown : chain) {
            RetryRule nearest = nearest(possible, thrown);
            if (nearest != null) {
                return nearest;
            }
        }
        return possible.stream().filter(RetryRule::holdsForTheRest).findFirst().orElse(null);
    }

    private static @Nullable RetryRule nearest(List<RetryRule> rules, Throwable thrown) {
        RetryRule nearest = null;
        int least = RetryRule.NO_MATCH;
        for (RetryRule rule : rules) {
            int distance = rule.distance(thrown);
            if (distance < least) {
                nearest = rule;
                least = distance;
            }
        }
        return nearest;
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        Throwable next = failure;
        while (next != null && chain.size() < DEEPEST) {
            chain.add(next);
            next = next.getCause();
        }
        return chain;
    }

    @Override
    public String toString() {
        return rules.stream().map(RetryRule::toString).collect(Collectors.joining("; "));
    }
}
