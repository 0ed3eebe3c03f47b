/** What is measured in which order, by the command line. */
@NullMarked
package io.pgjobq.benchmarks.runner;

import org.jspecify.annotations.NullMarked;
