package io.pgjobq.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * An integration test of what may differ on another JDK than the oldest: threads, shutdown, class loaders, sockets. A build
 * with {@code -Pother-jdk} runs these beside all unit tests.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Tag("other-jdk")
public @interface AlsoOnOtherJdks {}
