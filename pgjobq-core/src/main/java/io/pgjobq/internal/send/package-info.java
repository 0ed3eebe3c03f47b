/** Sends jobs inside the caller's transaction. */
@NullMarked
package io.pgjobq.internal.send;

import org.jspecify.annotations.NullMarked;
