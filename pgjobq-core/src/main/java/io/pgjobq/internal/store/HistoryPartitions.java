package io.pgjobq.internal.store;

/** The partitions of the history, without which no end can be recorded. */
@FunctionalInterface
public interface HistoryPartitions {

    /** Creates those that will be written to in the next days. */
    void maintain();
}
