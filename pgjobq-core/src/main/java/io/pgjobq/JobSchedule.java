package io.pgjobq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sends a job to a {@link JobHandler} again and again, at the times of a cron expression or at a fixed rate; either must be given.
 * Any node of the fleet does so, for each time once. May be repeated, each with a name of its own.
 *
 * <p>With Boot, {@code pgjobq.schedules.<name>} overrides what the annotation says. Somebody may pause the schedule by
 * {@link JobSchedules}; no start of an application changes that. A schedule that no running application declares any more sends
 * nothing.
 *
 * <p>The handler need not take a payload. It learns from {@link JobContext#scheduled()} for which time it is called.
 *
 * <p>{@code ${…}} placeholders are resolved in all texts. May be used as a meta-annotation.
 */
@Documented
@Repeatable(JobSchedule.Schedules.class)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface JobSchedule {

    /** The schedule's name, one in the whole fleet; by default of the class and the method, such as {@code reports-close}. */
    String name() default "";

    /**
     * A cron expression of six fields, from the second to the day of the week, as Spring's
     * {@link org.springframework.scheduling.support.CronExpression} reads it; {@code -} for no schedule at all.
     */
    String cron() default "";

    /** The time zone in which the expression is read, such as {@code Europe/Paris}. */
    String zone() default "UTC";

    /**
     * A fixed rate, such as {@code 10m}, from 1 second to 365 days. Counted from the beginning of 1970 in UTC, so that every
     * node means the same times.
     */
    String every() default "";

    /** What is sent for times at which nobody could send, by more than ten seconds. */
    Missed missed() default Missed.ONCE;

    /** For how many of the times that were missed jobs are sent at most, the latest ones, if it is for all; up to 1,000. */
    int catchUp() default 100;

    /** What happens as long as the last job has not ended. */
    Overlap overlap() default Overlap.ALLOW;

    /** The payload of the jobs, as JSON. */
    String payload() default "null";

    /** The priority of the jobs, from 0 (first) to 9 (last). */
    int priority() default JobSender.DEFAULT_PRIORITY;

    /** Holds several schedules. */
    @Documented
    @Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Schedules {

        /** The schedules. */
        JobSchedule[] value();
    }
}
