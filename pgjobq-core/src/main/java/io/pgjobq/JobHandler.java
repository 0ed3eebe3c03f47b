package io.pgjobq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that runs the jobs of a queue.
 *
 * <p>The method takes exactly one payload parameter (none is needed where a {@link JobSchedule} calls it), of the type to which the job's payload is converted ({@code byte[]}
 * for the raw bytes), and may take a {@link JobContext}, in any order. It may have any visibility, unless it is transactional:
 * a proxy can't see private, final and static methods, so such a handler fails the start. What it returns is the job's
 * result. A method that throws has failed: the job is tried again after the queue's back-off until its attempts are
 * spent; {@link NonRetryableJobException} ends it at once. {@link JobRetry} says for which exceptions it is otherwise.
 *
 * <p>A method may return before its work is done: a {@link java.util.concurrent.CompletionStage}, a {@code Mono} of Reactor,
 * or as a suspending function of Kotlin. Its job ends when that ends, with its value or its failure, and takes one of the
 * queue's places until then, but no thread. A stop that has waited long enough cancels it. Such a method can't be
 * {@code @Transactional}. What says nothing of its end fails the start: {@code @Async}, {@code Future}, {@code Flux} and other
 * streams.
 *
 * <p>The next job on the thread sees nothing of what the method left there: MDC, locale, security context, transaction, context
 * class loader, name, priority, interruption. Thread locals of the application's own stay; the method removes them.
 *
 * <p>A queue may have several handlers, told apart by the type of their payload (see {@link JobType}). A {@code byte[]}
 * handler takes every job of its queue that no other handler there names. A payload of type {@code Object}, or an
 * interface or abstract class that is not sealed, has no type of its own: give the handler its {@link #types()}.
 *
 * <p>If the method is {@code @Transactional} on the queue's {@code DataSource} (propagation {@code REQUIRED} or
 * {@code MANDATORY}, not read-only), the job is completed in that same transaction: what the handler wrote and the job's
 * completion commit or roll back together; any exception rolls back, whatever {@code noRollbackFor} says. Otherwise a job
 * may run again after a crash.
 *
 * <p>With a {@link #batchSize}, the method is called with many jobs at once.
 *
 * <p>May be used as a meta-annotation.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface JobHandler {

    /**
     * The names of the queues, each created if it does not exist. {@code ${…}} placeholders are resolved, and
     * may hold several names, separated by commas.
     */
    String[] value();

    /**
     * The logical types that the method handles, in place of the payload parameter's own (see {@link JobType}). A parameter that is a
     * {@code Map} or a {@code List} has none of its own. {@code order@2} stands for versions 1 and 2 of {@code order}.
     * {@code ${…}} placeholders are resolved.
     */
    String[] types() default {};

    /**
     * How long an attempt may run, such as {@code 90s} or {@code 10m}; empty for what the container's options say. Then the
     * method's thread is interrupted, and the attempt fails with a {@link TimeLimitExceededException}, whatever the method does
     * after that. If it does not end within 5 seconds, it keeps its place, while its job may be tried again. {@code ${…}}
     * placeholders are resolved.
     */
    String timeLimit() default "";

    /**
     * With how many jobs the method is called at once, at most: from 1 to 10,000, or 0 for a method that takes one. It takes a
     * {@code List} of payloads or of {@link BatchJob}s then, within a priority in the order in which they were sent, and returns nothing. A batch takes
     * one place among the queue's {@code concurrency}. In a transaction, all jobs of the batch are completed with it, by one
     * statement. If the method throws, the attempts at all jobs have failed that it has not failed apart, and these jobs are tried
     * again one by one.
     */
    int batchSize() default 0;

    /**
     * How long the first job of a batch that isn't full waits for others, such as {@code 200ms}: from 0 to 1 minute. {@code ${…}}
     * placeholders are resolved.
     */
    String batchWait() default "50ms";
}
