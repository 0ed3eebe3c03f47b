package io.pgjobq.sample.imports;

import io.pgjobq.DeadJob;
import io.pgjobq.DeadJobs;
import io.pgjobq.PayloadConverter;
import io.pgjobq.sample.imports.ImportRepository.LineId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The dead jobs of the queue, which keep their payloads and errors. */
@Component
class BrokenLines {

    private static final int LIMIT = 1000;

    private final DeadJobs deadJobs;
    private final PayloadConverter converter;
    private final ImportRepository imports;

    BrokenLines(DeadJobs deadJobs, PayloadConverter converter, ImportRepository imports) {
        this.deadJobs = deadJobs;
        this.converter = converter;
        this.imports = imports;
    }

    /** Returns the lines as they were last tried: a job's payload never changes, so corrections are kept apart. */
    List<BrokenLine> all() {
        Map<LineId, String> corrections = imports.corrections();
        return deadJobs.list("imports", LIMIT).stream()
                .map(job -> new BrokenLine(
                        job.id(),
                        corrected(line(job), corrections),
                        job.lastError().message()))
                .toList();
    }

    Optional<OrderLine> find(long jobId) {
        return deadJobs.find(jobId).filter(job -> job.queue().equals("imports")).map(this::line);
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
