/** What is measured: pgjobq, its peers, and the floor, each behind the same small interface. */
@NullMarked
package io.pgjobq.benchmarks.systems;

import org.jspecify.annotations.NullMarked;
