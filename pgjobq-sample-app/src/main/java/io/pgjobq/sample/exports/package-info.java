/** Scenario three: a long job that says how far it is, of which there is one at a time, and which can be cancelled. */
@NullMarked
package io.pgjobq.sample.exports;

import org.jspecify.annotations.NullMarked;
