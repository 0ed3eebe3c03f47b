/** Writes how far jobs are. */
@NullMarked
package io.pgjobq.internal.progress;

import org.jspecify.annotations.NullMarked;
