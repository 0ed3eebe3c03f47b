/** Puts the parts of a node together: the entry point for applications without Spring Boot. */
@NullMarked
package io.pgjobq.internal.engine;

import org.jspecify.annotations.NullMarked;
