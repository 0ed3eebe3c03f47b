/** Takes jobs from a queue, runs them, and reports how they ended. */
@NullMarked
package io.pgjobq.internal.worker;

import org.jspecify.annotations.NullMarked;
