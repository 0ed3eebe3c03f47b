/** Scenario two: a CSV file is imported, each line by a job of its own. */
@NullMarked
package io.pgjobq.sample.imports;

import org.jspecify.annotations.NullMarked;
