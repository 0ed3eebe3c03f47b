/** This application instance among the others: heartbeat, rescue, and what has to be done now and then. */
@NullMarked
package io.pgjobq.node;

import org.jspecify.annotations.NullMarked;
