package io.pgjobq.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class an empty database of its own, shared by its methods and nested classes and dropped after them.
 * Parameters and non-final fields (static or not) of type {@link TestDatabase} receive it; static fields are set before
 * any test instance is made, so that a {@code @DynamicPropertySource} method may read them.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(PostgresExtension.class)
public @interface PostgresTest {}
