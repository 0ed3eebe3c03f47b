package io.pgjobq.sample.exports;

import io.pgjobq.CancelResult;
import io.pgjobq.JobSender;
import io.pgjobq.Jobs;
import io.pgjobq.SentJob;
import io.pgjobq.Unique;
import io.pgjobq.sample.SampleProperties;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Starts exports, and cancels them. */
@Service
public class ExportService {

    private final ExportRepository exports;
    private final JobSender sender;
    private final Jobs jobs;
    private final String node;

    ExportService(ExportRepository exports, JobSender sender, Jobs jobs, SampleProperties sample) {
        this.exports = exports;
        this.sender = sender;
        this.jobs = jobs;
        this.node = sample.nodeName();
    }

    /** One export at a time, whoever asks for it on whatever copy of the sample: the key is taken until the job has ended. */
    @Transactional
    public Started start() {
        SentJob<Void> sent =
                sender.to("exports").unique(Unique.key("all-orders")).send(new OrderExport(node));
        boolean started = sent.fate() == SentJob.Fate.NEW;
        if (started) {
            exports.add(sent.id());
        }
        return new Started(sent.id(), started);
    }

    CancelResult cancel(long jobId) {
        return jobs.cancel(jobId, "cancelled on the page of " + node);
    }

    /** The export that runs; not new if it was there before. */
    public record Started(long jobId, boolean started) {}
}
