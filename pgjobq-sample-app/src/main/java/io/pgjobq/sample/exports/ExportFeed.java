package io.pgjobq.sample.exports;

import io.pgjobq.JobDescription;
import io.pgjobq.JobError;
import io.pgjobq.JobProgress;
import io.pgjobq.JobState;
import io.pgjobq.Jobs;
import io.pgjobq.sample.live.LiveItem;
import io.pgjobq.sample.live.LiveSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Shows the latest export, as pgjobq knows it: its state and progress are written down nowhere else. */
@Component
class ExportFeed implements LiveSource {

    private final ExportRepository exports;
    private final Jobs jobs;

    ExportFeed(ExportRepository exports, Jobs jobs) {
        this.exports = exports;
        this.jobs = jobs;
    }

    @Override
    public List<LiveItem> items() {
        return exports.latestJob().flatMap(jobs::find).map(ExportFeed::item).stream()
                .toList();
    }

    private static LiveItem item(JobDescription job) {
        JobProgress progress = job.progress();
        List<JobError> errors = job.errors();
        return LiveItem.single(
                "export",
                new Export(
                        job.id(),
                        ExportFiles.name(job.id()),
                        job.state(),
                        job.node(),
                        progress == null ? 0 : progress.done(),
                        progress == null ? 0 : progress.total(),
                        progress == null ? null : progress.message(),
                        errors.isEmpty() ? null : errors.get(errors.size() - 1).message()));
    }

    /**
     * An export and how far it is.
     *
     * @param node the copy of the sample that runs it, {@code null} if none does
     * @param order the order that was written last, {@code null} if that is not known
     * @param error of its last attempt that failed, {@code null} if none did
     */
    record Export(
            long jobId,
            String file,
            JobState state,
            @Nullable String node,
            long done,
            long total,
            @Nullable String order,
            @Nullable String error) {}
}
