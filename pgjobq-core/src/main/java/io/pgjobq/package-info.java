/**
 * What an application imports: sending jobs, handling them, waiting for them and managing queues.
 *
 * <p>Everything outside this package is how pgjobq works, and may change in any release.
 */
@NullMarked
package io.pgjobq;

import org.jspecify.annotations.NullMarked;
