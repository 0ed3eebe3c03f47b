/** A fresh PostgreSQL database for each test class: {@code @PostgresTest} and {@code TestDatabase}. */
@NullMarked
package io.pgjobq.test;

import org.jspecify.annotations.NullMarked;
