/** Wake-ups: the LISTEN connection, the doorbell of this process, and what is said on the channels. */
@NullMarked
package io.pgjobq.internal.notify;

import org.jspecify.annotations.NullMarked;
