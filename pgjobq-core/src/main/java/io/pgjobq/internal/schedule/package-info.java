/** When schedules send jobs, and what manages them. */
@NullMarked
package io.pgjobq.internal.schedule;

import org.jspecify.annotations.NullMarked;
