/** Finds {@code @JobHandler} methods and makes them handlers of the core. */
@NullMarked
package io.pgjobq.handler;

import org.jspecify.annotations.NullMarked;
