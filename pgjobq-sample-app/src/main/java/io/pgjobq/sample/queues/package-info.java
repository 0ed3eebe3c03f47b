/** The tiles at the top of the page: what the queues hold, and this copy's containers that work on them. */
@NullMarked
package io.pgjobq.sample.queues;

import org.jspecify.annotations.NullMarked;
