/** Steady load for a long time: nothing grows. */
@NullMarked
package io.pgjobq.reliability.soak;

import org.jspecify.annotations.NullMarked;
