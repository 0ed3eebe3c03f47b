/** The application whose processes are broken: handlers that keep books of what they do. */
@NullMarked
package io.pgjobq.reliability.worker;

import org.jspecify.annotations.NullMarked;
