/** Measures pgjobq side by side with other queues. */
@NullMarked
package io.pgjobq.benchmarks;

import org.jspecify.annotations.NullMarked;
