package io.pgjobq.internal.engine;

import io.pgjobq.DeadJobs;
import io.pgjobq.JobPage;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSchedules;
import io.pgjobq.JobSender;
import io.pgjobq.Jobs;
import io.pgjobq.PayloadConverter;
import io.pgjobq.internal.admin.DefaultDeadJobs;
import io.pgjobq.internal.admin.DefaultJobQueues;
import io.pgjobq.internal.admin.DefaultJobs;
import io.pgjobq.internal.completion.CompletionTracker;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.schedule.DefaultJobSchedules;
import io.pgjobq.internal.send.DeclaredQueues;
import io.pgjobq.internal.send.DefaultJobSender;
import io.pgjobq.internal.store.CancellationStore;
import io.pgjobq.internal.store.DeadJobStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.ListStore;
import io.pgjobq.internal.store.MoveStore;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.ScheduleStore;

/** What an application calls. It takes as long as the caller lets it, while what a node's threads ask has a limit. */
record CallerServices(JobSender sender, Jobs jobs, JobSchedules schedules, JobQueues queues, DeadJobs deadJobs) {

    /**
     * @param declared creates a queue if it is declared
     * @param events is told what was sent, and what was paused
     */
    static CallerServices of(
            Database database,
            PayloadConverter converter,
            Doorbell doorbell,
            SignalRouter switchboard,
            CompletionTracker completions,
            DeclaredQueues declared,
            JobEvents events) {
        QueueStore queues = new QueueStore(database);
        return new CallerServices(
                new DefaultJobSender(
                        database,
                        new JobStore(database),
                        converter,
                        doorbell,
                        switchboard,
                        completions,
                        declared,
                        events),
                new DefaultJobs(
                        new JobStore(database),
                        new CancellationStore(database),
                        new MoveStore(database),
                        queues,
                        new LaneStore(database),
                        new ListStore(database, JobPage.MOST_LOOKED_AT),
                        doorbell,
                        switchboard::types),
                new DefaultJobSchedules(new ScheduleStore(database), queues, doorbell),
                new DefaultJobQueues(queues, doorbell, events),
                new DefaultDeadJobs(new DeadJobStore(database), queues, converter, doorbell));
    }
}
