/** Records how jobs ended, and keeps the book of what this node has claimed. */
@NullMarked
package io.pgjobq.internal.settle;

import org.jspecify.annotations.NullMarked;
