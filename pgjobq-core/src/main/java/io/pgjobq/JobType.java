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

    /**
     * The name under which jobs are sent: at most 200 characters with the version, or sending fails with an
     * {@link IllegalArgumentException}. It does not end with {@code @} and a number, which is how versions are stored.
     */
    String value();

    /**
     * The version of what is sent, from 1 to 999. Raise it for a change that JSON can't bridge, and add a {@link PayloadUpgrade} from
     * the version before; fields that come and go need none. Jobs of a later version than a node knows wait for one that
     * does. Version 1 is stored as the plain name, a later one as {@code order@2}.
     */
    int version() default 1;

    /** Further names that the class's handlers accept, for jobs that were sent under them. */
    String[] aliases() default {};
}
