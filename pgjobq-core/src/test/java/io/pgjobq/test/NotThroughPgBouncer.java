package io.pgjobq.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test that makes no sense when the suite runs through PgBouncer that way. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(PgBouncerCondition.class)
public @interface NotThroughPgBouncer {

    /** In which modes. */
    PgBouncerMode[] value();

    /** Why, as the report shows it. */
    String because();
}
