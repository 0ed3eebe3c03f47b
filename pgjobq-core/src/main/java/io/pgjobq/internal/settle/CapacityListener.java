package io.pgjobq.internal.settle;

/** Is told that there may be place for more jobs. Returns at once, and throws nothing. Thread-safe. */
@FunctionalInterface
public interface CapacityListener {

    /** There was no place when it asked, and may be now. */
    void freed();
}
