/** Puts pgjobq into a Spring Boot application. */
@NullMarked
package io.pgjobq.autoconfigure;

import org.jspecify.annotations.NullMarked;
