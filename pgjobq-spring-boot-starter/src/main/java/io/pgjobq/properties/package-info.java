/** What can be set under {@code pgjobq.*}, and what it means to the core. */
@NullMarked
package io.pgjobq.properties;

import org.jspecify.annotations.NullMarked;
