package io.pgjobq.internal.settle;

import io.pgjobq.internal.store.Settlement;
import java.time.Duration;
import java.util.List;

/** Whoever runs jobs says here how attempts ended, and is not held up. Nothing is dropped while it runs. Thread-safe. */
public interface Settler {

    /** Lets it be recorded how an attempt ended. */
    void settle(Settlement settlement);

    /** Lets it be recorded how attempts ended, all in one batch if it is not too large. */
    void settleAll(List<? extends Settlement> settlements);

    /** Lets the caller be told, on the settler's thread, when the settler is no longer overloaded. */
    void onRelief(CapacityListener relief);

    /** Returns the place for the node's quarantined job, which is free again when its end is recorded. */
    QuarantineSlot quarantine();

    /** Returns the node's queues that have limits, where an end that is recorded makes room. */
    LimitedQueues limited();

    /** Returns the node's queues whose jobs have keys, where an end that is recorded lets the next one have its turn. */
    KeyedQueues keyed();

    /** Returns whether so much is unrecorded that no more jobs should be taken. Whoever is told so is told of its end. */
    boolean isOverloaded();

    /** Waits until nothing is left to be recorded; returns whether that happened in time. */
    boolean drain(Duration limit) throws InterruptedException;
}
