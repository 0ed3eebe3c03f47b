/** The only door to the tables: one class for each concern, one SQL file for each statement. */
@NullMarked
package io.pgjobq.internal.store;

import org.jspecify.annotations.NullMarked;
