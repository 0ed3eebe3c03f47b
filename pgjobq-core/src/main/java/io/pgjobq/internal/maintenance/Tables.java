package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.JobStore.KeyPosition;
import io.pgjobq.internal.store.KeyStore.HoldPosition;
import io.pgjobq.internal.store.Swept;
import org.jspecify.annotations.Nullable;

/** What maintenance asks of the tables: what each of its steps does. */
interface Tables
        extends DueJobs.Looks,
                LostWakeUps.Lanes,
                DeadNodes.Nodes,
                HistoryUpkeep.History,
                Cancellations.Requests,
                Schedules.Timetable,
                Deadlines.Expiries {

    /** Forgets keys of unique jobs that nobody has any more. */
    Swept<KeyPosition> sweepKeys(@Nullable KeyPosition from, int limit);

    /** Forgets which jobs with keys were held. */
    Swept<HoldPosition> sweepHolds(@Nullable HoldPosition from, int limit);

    /** Forgets the progress of jobs that are gone. */
    Swept<Long> sweepProgress(@Nullable Long after, int limit);
}
