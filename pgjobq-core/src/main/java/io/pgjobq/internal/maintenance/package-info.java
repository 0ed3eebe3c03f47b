/** What has to be done now and then, one class for each task: due jobs, lost wake-ups, rescue, history. */
@NullMarked
package io.pgjobq.internal.maintenance;

import org.jspecify.annotations.NullMarked;
