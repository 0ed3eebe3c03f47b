/** What happens to jobs, told to whoever wants to know. */
@NullMarked
package io.pgjobq.internal.event;

import org.jspecify.annotations.NullMarked;
