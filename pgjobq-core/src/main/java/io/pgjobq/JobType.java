package io.pgjobq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The logical type name of a payload class, stored with each job. Without it the class's simple name is used, so that
 * moving a class to another package changes nothing; renaming it does, unless the old name becomes an alias.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface JobType {

    /** The name under which jobs are sent: at most 200 characters, or sending fails with an {@link IllegalArgumentException}. */
    String value();

    /** Further names that the class's handlers accept, for jobs that were sent under them. */
    String[] aliases() default {};
}
