package io.pgjobq.autoconfigure;

import io.pgjobq.InvalidOptionException;
import io.pgjobq.properties.InvalidPropertyException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Turns the core's refusals into errors that name the property. */
final class PropertyRules {

    private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";
    private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

    private PropertyRules() {}

    /**
     * Makes options of the core, and names the property where one is refused.
     *
     * @param prefix where the options are set, with a trailing dot
     */
    static <T> T options(String prefix, Supplier<T> options) {
        try {
            return options.get();
        } catch (InvalidOptionException ex) {
            String property = prefix + ex.option();
            throw new InvalidPropertyException(
                    property + " " + ex.rule() + ", but is " + ex.value() + ".",
                    "Change the value of " + property + ".",
                    ex);
        }
    }

    /** Refuses a shutdown time-out that Spring would cut short. */
    static void checkShutdownTimeout(String property, Duration timeout, Environment environment) {
        Duration phase =
                Binder.get(environment).bind(PHASE_TIMEOUT, Duration.class).orElse(DEFAULT_PHASE_TIMEOUT);
        if (timeout.compareTo(phase) > 0) {
            throw new InvalidPropertyException(
                    property + " must not exceed " + PHASE_TIMEOUT + " (" + phase + "), but is " + timeout
                            + ": Spring would go on without the jobs that still run.",
                    "Set " + property + " below " + phase + ", or raise " + PHASE_TIMEOUT + ".");
        }
    }

    /** Returns what is left of a queue's name in the most lenient of property sources. */
    static String bareName(String queue) {
        return queue.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    static InvalidPropertyException misspelled(String configured, String queue) {
        return new InvalidPropertyException(
                "pgjobq.queues." + configured + " is set, but there is no handler for a queue '" + configured
                        + "', only for '" + queue + "'.",
                "Write the queue's name in brackets: pgjobq.queues[" + queue + "], in YAML \"[" + queue + "]\".");
    }
}
