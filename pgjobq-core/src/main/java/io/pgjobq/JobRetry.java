package io.pgjobq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of a {@link JobHandler} for which exceptions its jobs are tried again, how often, and after what time. May be repeated,
 * once for each kind of exception; {@link RetryPolicy} beans say what an annotation can't.
 *
 * <p>What the handler threw is looked at first, then its cause, and so on; for each of them the nearest class that is named
 * decides. A rule that names none holds for whatever no other one does. What no rule matches is up to the {@link RetryPolicy}
 * beans, and then to the queue.
 *
 * <p>What is not set here is that of the job's queue. No job is tried more often than its queue allows.
 *
 * <p>May be used as a meta-annotation.
 */
@Documented
@Repeatable(JobRetry.Rules.class)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface JobRetry {

    /** The exceptions that it is about, subclasses included; none for all that no other rule names. */
    Class<? extends Throwable>[] value() default {};

    /** Exceptions that it is not about although they are among those, be they thrown or the cause. */
    Class<? extends Throwable>[] excludes() default {};

    /** How many attempts a job has that fails so, from 1 to 100: with 1 it is dead at once. Not more than the queue's. */
    int maxAttempts() default 0;

    /** The wait after the first failure, such as {@code 10s} or {@code PT10S}. {@code ${…}} placeholders are resolved. */
    String delay() default "";

    /** What each further failure multiplies the wait with, from 1 to 1000. */
    double multiplier() default 0;

    /** The longest wait, at most 365 days, in the same form; at least the wait after the first failure. */
    String maxDelay() default "";

    /** The share by which a wait may differ at random, from 0 (never) to 1. */
    double jitter() default -1;

    /** Holds several rules. */
    @Documented
    @Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Rules {

        /** The rules. */
        JobRetry[] value();
    }
}
