package io.pgjobq.sample.imports;

import io.pgjobq.DeadJobs;
import io.pgjobq.JobSender;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Starts imports, and gives broken lines another chance. */
@Service
public class ImportService {

    private static final String QUEUE = "imports";

    private final ImportRepository imports;
    private final JobSender jobs;
    private final DeadJobs deadJobs;

    ImportService(ImportRepository imports, JobSender jobs, DeadJobs deadJobs) {
        this.imports = imports;
        this.jobs = jobs;
        this.deadJobs = deadJobs;
    }

    /**
     * Makes a job of each line after the first, which names the columns. All of them are sent by one statement and
     * commit together with the import itself: a file is imported as a whole or not at all.
     */
    @Transactional
    Started start(String fileName, List<String> lines) {
        List<Integer> numbers = IntStream.rangeClosed(2, lines.size())
                .filter(number -> !lines.get(number - 1).isBlank())
                .boxed()
                .toList();
        long id = imports.add(fileName, numbers.size());
        jobs.sendAll(
                QUEUE,
                numbers.stream()
                        .map(number -> new OrderLine(id, number, lines.get(number - 1)))
                        .toList());
        return new Started(id, numbers.size());
    }

    /**
     * Runs all dead lines again, from now on repairing what is clear. Not transactional, since dead jobs are redriven at
     * once, and must find the imports lenient by then.
     */
    public long repairAndRedrive() {
        imports.makeLenient();
        return deadJobs.redriveAll(BrokenLines.LINES);
    }

    /** Runs one dead line again, as somebody has corrected it. */
    public boolean correctAndRedrive(long jobId, OrderLine line, String text) {
        imports.correct(line.importId(), line.number(), text);
        return deadJobs.redrive(jobId);
    }

    /** An import that was started, and of how many lines. */
    record Started(long id, int lines) {}
}
