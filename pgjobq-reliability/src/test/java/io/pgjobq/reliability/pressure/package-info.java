/** What bears down on the queue's tables and workers, one scenario a class, with what was measured before, during and after. */
@NullMarked
package io.pgjobq.reliability.pressure;

import org.jspecify.annotations.NullMarked;
