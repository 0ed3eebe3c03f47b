/** What all measurements need: the server, the figures, the processes. */
@NullMarked
package io.pgjobq.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
