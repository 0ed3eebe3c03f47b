package io.pgjobq.reliability.soak;

/**
 * What the worker and the server held at a moment.
 *
 * @param second when, since the load began
 * @param heap bytes that are reachable in the worker, after a full collection
 * @param threads threads of the worker, but for those that run handlers or compile
 * @param descriptors open files and sockets of the worker
 * @param jobs bytes of the job table with its indexes
 * @param claims bytes of the claim table with its indexes
 * @param nodes bytes of the node table with its indexes
 * @param history bytes of all partitions of the history with their indexes
 * @param ended rows of the history
 * @param backlog rows of the job table
 * @param connections connections of the application's user
 * @param locks advisory locks by which nodes show that they live
 * @param oldestClaim age of the oldest claim in milliseconds, 0 if there is none
 */
record Sample(
        long second,
        long heap,
        int threads,
        int descriptors,
        long jobs,
        long claims,
        long nodes,
        long history,
        long ended,
        long backlog,
        int connections,
        int locks,
        long oldestClaim) {

    /** The heap in megabytes. */
    double heapMegabytes() {
        return megabytes(heap);
    }

    static double megabytes(long bytes) {
        return bytes / 1024.0 / 1024.0;
    }
}
