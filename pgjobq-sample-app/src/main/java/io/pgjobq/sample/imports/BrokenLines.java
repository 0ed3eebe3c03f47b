package io.pgjobq.sample.imports;

import io.pgjobq.DeadJob;
import io.pgjobq.DeadJobs;
import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.Jobs;
import io.pgjobq.PayloadConverter;
import io.pgjobq.sample.imports.ImportRepository.LineId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The lines whose jobs are dead: these keep their payloads and errors. */
@Component
class BrokenLines {

    /** The nightly clean-up is in the same queue. */
    static final JobFilter LINES = JobFilter.queue("imports").type("OrderLine");

    private static final JobQuery DEAD =
            JobQuery.of(LINES).states(JobState.DEAD).pageSize(JobQuery.LARGEST_PAGE_SIZE);

    private final Jobs jobs;
    private final DeadJobs deadJobs;
    private final PayloadConverter converter;
    private final ImportRepository imports;

    BrokenLines(Jobs jobs, DeadJobs deadJobs, PayloadConverter converter, ImportRepository imports) {
        this.jobs = jobs;
        this.deadJobs = deadJobs;
        this.converter = converter;
        this.imports = imports;
    }

    /** Returns the lines as they were last tried: corrections are kept apart from the jobs. */
    List<BrokenLine> all() {
        Map<LineId, String> corrections = imports.corrections();
        return jobs.list(DEAD).jobs().stream()
                .flatMap(job -> deadJobs.find(job.id()).stream())
                .map(job -> new BrokenLine(
                        job.id(),
                        corrected(line(job), corrections),
                        job.lastError().message()))
                .toList();
    }

    Optional<OrderLine> find(long jobId) {
        return deadJobs.find(jobId)
                .filter(job -> job.type().equals("OrderLine"))
                .map(this::line);
    }

    private static OrderLine corrected(OrderLine line, Map<LineId, String> corrections) {
        String text = corrections.getOrDefault(new LineId(line.importId(), line.number()), line.text());
        return new OrderLine(line.importId(), line.number(), text);
    }

    private OrderLine line(DeadJob job) {
        return (OrderLine) Objects.requireNonNull(converter.read(job.payload(), OrderLine.class));
    }

    /** A line that is to be repaired. */
    record BrokenLine(long jobId, OrderLine line, String error) {}
}
