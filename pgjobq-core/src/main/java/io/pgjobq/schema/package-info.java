/** Creates, upgrades and checks the database schema. */
@NullMarked
package io.pgjobq.schema;

import org.jspecify.annotations.NullMarked;
