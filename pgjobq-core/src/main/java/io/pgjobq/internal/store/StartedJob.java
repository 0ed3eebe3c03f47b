package io.pgjobq.internal.store;

/** What came of starting a job whose payload did not come with its claim. */
public sealed interface StartedJob {

    /** It may run, with this payload. */
    record Payload(byte[] bytes) implements StartedJob {}

    /** Somebody keeps it, or changes it, in a transaction that is still open. */
    record Held() implements StartedJob {}

    /** It is not there any more, or has another place. */
    record Gone() implements StartedJob {}
}
