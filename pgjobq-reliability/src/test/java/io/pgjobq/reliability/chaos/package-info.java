/** What is broken, one scenario a class. */
@NullMarked
package io.pgjobq.reliability.chaos;

import org.jspecify.annotations.NullMarked;
