package io.pgjobq.internal.worker;

/** The number of a container's queue. Thread-safe. */
final class QueueNumber {

    /** 0 while it is not known. */
    private volatile int value;

    int get() {
        return value;
    }

    void set(int number) {
        value = number;
    }

    boolean isKnown() {
        return value != 0;
    }
}
