/** What manages queues and looks at dead jobs. */
@NullMarked
package io.pgjobq.internal.admin;

import org.jspecify.annotations.NullMarked;
