/** What every room needs and none owns: threads that wait to be told, trouble with the database, text fit for a log. */
@NullMarked
package io.pgjobq.internal.support;

import org.jspecify.annotations.NullMarked;
