/** Waits for the ends of jobs. */
@NullMarked
package io.pgjobq.internal.completion;

import org.jspecify.annotations.NullMarked;
