package io.pgjobq.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test of what may differ through PgBouncer: sessions, prepared statements, locks, listening, time-outs. A build through it
 * runs these, and all others too with {@code -Pfull}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Tag("pgbouncer")
public @interface AlsoThroughPgBouncer {}
