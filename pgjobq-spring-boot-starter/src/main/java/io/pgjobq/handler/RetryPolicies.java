package io.pgjobq.handler;

import io.pgjobq.BackOff;
import io.pgjobq.JobContext;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Several policies, the first of which that has an opinion decides. Immutable. */
final class RetryPolicies implements RetryPolicy {

    private final List<RetryPolicy> policies;

    private RetryPolicies(List<RetryPolicy> policies) {
        this.policies = List.copyOf(policies);
    }

    /** Returns the handler's own rules before the beans, {@code null} if there is neither. */
    static @Nullable RetryPolicy of(List<RetryRule> rules, List<RetryPolicy> beans) {
        List<RetryPolicy> all = new ArrayList<>();
        if (!rules.isEmpty()) {
            all.add(new RetryRules(rules));
        }
        all.addAll(beans);
        return all.isEmpty() ? null : new RetryPolicies(all);
    }

    @Override
    public @Nullable RetryDecision decide(JobContext job, Throwable failure, BackOff backOff) {
        for (RetryPolicy policy : policies) {
            RetryDecision decision = policy.decide(job, failure, backOff);
            if (decision != null) {
                return decision;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return policies.stream()
                .map(policy -> policy instanceof RetryRules
                        ? policy.toString()
                        : "what " + policy.getClass().getSimpleName() + " says")
                .collect(Collectors.joining("; then "));
    }
}
