package io.pgjobq.internal.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of starting a job whose payload did not come with its claim. */
public sealed interface StartedJob {

    /**
     * It may run, with this payload.
     *
     * @param left until its deadline, {@code null} if it has none
     */
    record Payload(byte[] bytes, @Nullable Duration left) implements StartedJob {}

    /** Its deadline was over, and it is dead. */
    record Expired() implements StartedJob {}

    /** Somebody keeps it, or changes it, in a transaction that is still open. */
    record Held() implements StartedJob {}

    /** It is not there any more, or has another place. */
    record Gone() implements StartedJob {}
}
