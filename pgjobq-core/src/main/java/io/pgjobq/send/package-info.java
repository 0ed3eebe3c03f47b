/** Sends jobs inside the caller's transaction. */
@NullMarked
package io.pgjobq.send;

import org.jspecify.annotations.NullMarked;
