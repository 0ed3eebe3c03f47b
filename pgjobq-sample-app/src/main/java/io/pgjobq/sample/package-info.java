/** The sample application: start reading at {@code signup.SignUpService} and {@code imports.ImportService}. */
@NullMarked
package io.pgjobq.sample;

import org.jspecify.annotations.NullMarked;
