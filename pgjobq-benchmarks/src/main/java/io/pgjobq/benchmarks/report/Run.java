package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.workloads.Size;
import java.util.List;
import java.util.Map;

/**
 * All that a run has brought.
 *
 * @param command the command line
 * @param systems descriptions of the systems by their names
 * @param failures what could not be measured, and why
 */
public record Run(
        Machine machine,
        String command,
        Size size,
        Map<String, String> systems,
        List<Figure> figures,
        List<String> failures) {}
