/** The snippets of the README, compiled and run. */
@NullMarked
package io.pgjobq.readme;

import org.jspecify.annotations.NullMarked;
