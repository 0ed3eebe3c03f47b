/** Brings the schema up to date while the application starts, in step with the application's own migrations. */
@NullMarked
package io.pgjobq.migration;

import org.jspecify.annotations.NullMarked;
