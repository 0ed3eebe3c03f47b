/** Where the sample finds its PostgreSQL: the one it is given, or one that it brings along. */
@NullMarked
package io.pgjobq.sample.database;

import org.jspecify.annotations.NullMarked;
