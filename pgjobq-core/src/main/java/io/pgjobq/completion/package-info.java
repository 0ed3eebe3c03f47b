/** Waits for the ends of jobs. */
@NullMarked
package io.pgjobq.completion;

import org.jspecify.annotations.NullMarked;
