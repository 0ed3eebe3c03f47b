/** What the systems are asked to do. */
@NullMarked
package io.pgjobq.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
