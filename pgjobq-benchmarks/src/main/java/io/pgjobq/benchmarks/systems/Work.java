package io.pgjobq.benchmarks.systems;

import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Payload;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What every handler does: it enters the start of its job into the ledger and takes the wanted time. Thread-safe. */
public record Work(Ledger ledger, Duration length) {

    /** Runs one job. */
    public void run(CharSequence payload) {
        ledger.started(Payload.job(payload));
        if (!length.isZero()) {
            long until = System.nanoTime() + length.toNanos();
            long left = length.toNanos();
            while (left > 0) {
                LockSupport.parkNanos(left);
                left = until - System.nanoTime();
            }
        }
    }
}
