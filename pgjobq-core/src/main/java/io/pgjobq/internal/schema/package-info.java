/** Creates, upgrades and checks the database schema. */
@NullMarked
package io.pgjobq.internal.schema;

import org.jspecify.annotations.NullMarked;
