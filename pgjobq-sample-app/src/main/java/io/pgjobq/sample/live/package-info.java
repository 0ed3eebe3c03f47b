/** Shows the browsers what happens, as it happens. */
@NullMarked
package io.pgjobq.sample.live;

import org.jspecify.annotations.NullMarked;
