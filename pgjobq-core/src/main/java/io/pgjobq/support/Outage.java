package io.pgjobq.support;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * One activity's trouble with the database: says it once when it begins and once when it ends, and how long to wait between
 * attempts (from 50 milliseconds to 5 seconds, with jitter). Used by one thread.
 */
public final class Outage {

    private final Logger log;
    private final String activity;
    private @Nullable BackOffExecution backOff;
    private int failures;

    public Outage(Logger log, String activity) {
        this.log = log;
        this.activity = activity;
    }

    /** Notes a failure and returns how long to wait before the next attempt. */
    public Duration failed(Throwable cause) {
        if (backOff == null) {
            log.warn("{}: interrupted, trying again until the database answers: {}", activity, LogText.of(cause));
            ExponentialBackOff policy = new ExponentialBackOff(50, 2);
            policy.setMaxInterval(5_000);
            policy.setJitter(25);
            backOff = policy.start();
        }
        failures++;
        return Duration.ofMillis(Math.max(1, backOff.nextBackOff()));
    }

    /** Notes a success. */
    public void recovered() {
        if (backOff != null) {
            log.info("{}: works again after {} failed attempts", activity, failures);
            backOff = null;
            failures = 0;
        }
    }

    /** Returns whether the last attempt failed. */
    public boolean isOn() {
        return backOff != null;
    }
}
