package io.pgjobq.sample.imports;

import io.pgjobq.JobHandler;
import io.pgjobq.JobRetry;
import io.pgjobq.sample.SampleProperties;
import io.pgjobq.sample.imports.ImportRepository.Instructions;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Imports the lines, on as many copies of the sample as there are. */
@Component
class OrderImports {

    private final ImportRepository imports;
    private final String node;

    OrderImports(ImportRepository imports, SampleProperties sample) {
        this.imports = imports;
        this.node = sample.nodeName();
    }

    /**
     * Runs one job. Being transactional, it stores its row exactly once, whatever dies and when: the row and the end of
     * the job commit together. A broken line would be just as broken the next time, so the job is dead at once and waits
     * for somebody to act.
     */
    @JobHandler("imports")
    @JobRetry(value = BrokenLineException.class, maxAttempts = 1)
    @Transactional
    void importLine(OrderLine line) {
        Instructions instructions = imports.instructions(line.importId(), line.number());
        String text = instructions.correction() != null ? instructions.correction() : line.text();
        Order order = instructions.lenient() ? LineRepair.parse(text) : OrderParser.parse(text);
        imports.store(line.importId(), line.number(), order, node);
    }
}
