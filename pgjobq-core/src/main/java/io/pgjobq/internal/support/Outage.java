package io.pgjobq.internal.support;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Something that a loop does fails for a while: logs that once, and how it ended, and says how long to wait between attempts.
 * Errors are told to the node's vitals: unlike a database that is away, they are this node's own. Used by one thread.
 */
public final class Outage {

    private static final ExponentialBackOff POLICY = policy();

    private final Logger log;
    private final String activity;
    private final Vitals vitals;
    private @Nullable BackOffExecution backOff;
    private int failures;

    public Outage(Logger log, String activity, Vitals vitals) {
        this.log = log;
        this.activity = activity;
        this.vitals = vitals;
    }

    private static ExponentialBackOff policy() {
        ExponentialBackOff policy = new ExponentialBackOff(50, 2);
        policy.setMaxInterval(5_000);
        policy.setJitter(25);
        return policy;
    }

    /** Notes a failure and returns how long to wait before the next attempt. */
    public Duration failed(Throwable cause) {
        if (cause instanceof Error) {
            vitals.failed(activity, cause);
        }
        failures++;
        if (backOff == null) {
            backOff = POLICY.start();
            vitals.interrupted(activity, cause);
            if (cause instanceof Error) {
                log.error("{}: failed, trying again", activity, cause);
            } else {
                log.warn("{}: interrupted, trying again until it works: {}", activity, LogText.of(cause));
            }
        }
        return Duration.ofMillis(Math.max(1, backOff.nextBackOff()));
    }

    /** Notes a success. */
    public void recovered() {
        if (backOff != null) {
            log.info("{}: works again after {} failed attempts", activity, failures);
            backOff = null;
            failures = 0;
            vitals.works(activity);
            vitals.recovered(activity);
        }
    }

    /** Returns whether the last attempt failed. */
    public boolean isOn() {
        return backOff != null;
    }
}
