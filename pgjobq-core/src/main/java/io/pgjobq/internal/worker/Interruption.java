package io.pgjobq.internal.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a running attempt is to end. */
sealed interface Interruption {

    /** The container stops and has waited long enough. */
    record ByStop() implements Interruption {}

    /**
     * The attempt has run too long.
     *
     * @param limit how long it may run
     */
    record ByTimeLimit(Duration limit) implements Interruption {}

    /** The job's deadline is over. */
    record ByDeadline() implements Interruption {}

    /**
     * The job is cancelled.
     *
     * @param reason what was given, {@code null} if nothing
     */
    record ByCancellation(@Nullable String reason) implements Interruption {}
}
