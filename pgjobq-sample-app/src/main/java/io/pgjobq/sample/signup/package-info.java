/** Scenario one: somebody signs up, and a job sends the welcome e-mail. */
@NullMarked
package io.pgjobq.sample.signup;

import org.jspecify.annotations.NullMarked;
