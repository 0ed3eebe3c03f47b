package io.pgjobq.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test of what may differ where nobody listens: how jobs, results and signs of life are found by looking. A build through
 * PgBouncer that polls only runs these of the tests that are marked {@link AlsoThroughPgBouncer}, and all with {@code -Pfull}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Tag("poll-only")
public @interface AlsoWithoutListening {}
