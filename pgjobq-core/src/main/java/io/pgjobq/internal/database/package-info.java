/** JDBC plumbing: connections and transactions, statements in files, arrays, time limits. */
@NullMarked
package io.pgjobq.internal.database;

import org.jspecify.annotations.NullMarked;
