/** This application instance among the others: registration, heartbeat, fencing. */
@NullMarked
package io.pgjobq.internal.node;

import org.jspecify.annotations.NullMarked;
