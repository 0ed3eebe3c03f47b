package io.pgjobq.internal.worker;

/** What the thread that takes jobs has to do next. */
sealed interface ClaimStep {

    /** Take up to so many jobs. */
    record Take(int room) implements ClaimStep {}

    /** Give back the jobs that are held: they were not started in time. */
    record GiveBack() implements ClaimStep {}

    /** End. */
    record End() implements ClaimStep {}
}
