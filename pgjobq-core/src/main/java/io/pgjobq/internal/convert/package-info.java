/** The logical types of payloads. */
@NullMarked
package io.pgjobq.internal.convert;

import org.jspecify.annotations.NullMarked;
