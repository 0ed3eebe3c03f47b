package io.pgjobq.sample.imports;

import io.pgjobq.DeadJob;
import io.pgjobq.DeadJobs;
import io.pgjobq.PayloadConverter;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The dead jobs of the queue, which keep their payloads and errors. */
@Component
class BrokenLines {

    private static final int LIMIT = 1000;

    private final DeadJobs deadJobs;
    private final PayloadConverter converter;

    BrokenLines(DeadJobs deadJobs, PayloadConverter converter) {
        this.deadJobs = deadJobs;
        this.converter = converter;
    }

    List<BrokenLine> all() {
        return deadJobs.list("imports", LIMIT).stream()
                .map(job -> new BrokenLine(job.id(), line(job), job.lastError().message()))
                .toList();
    }

    Optional<OrderLine> find(long jobId) {
        return deadJobs.find(jobId).filter(job -> job.queue().equals("imports")).map(this::line);
    }

    private OrderLine line(DeadJob job) {
        return (OrderLine) converter.read(job.payload(), OrderLine.class);
    }

    /** A line that is to be repaired. */
    record BrokenLine(long jobId, OrderLine line, String error) {}
}
