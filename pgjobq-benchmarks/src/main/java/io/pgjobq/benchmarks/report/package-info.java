/** Turns the figures into a table, plots and a comparison with the bars. */
@NullMarked
package io.pgjobq.benchmarks.report;

import org.jspecify.annotations.NullMarked;
