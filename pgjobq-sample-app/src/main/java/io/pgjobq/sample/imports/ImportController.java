package io.pgjobq.sample.imports;

import io.pgjobq.sample.imports.ImportService.Started;
import io.pgjobq.sample.live.StateChanged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The buttons of the import. */
@RestController
@RequestMapping("/api/imports")
class ImportController {

    private static final String SAMPLE = "orders.csv";

    private final ImportService service;
    private final BrokenLines brokenLines;
    private final ApplicationEventPublisher events;

    ImportController(ImportService service, BrokenLines brokenLines, ApplicationEventPublisher events) {
        this.service = service;
        this.brokenLines = brokenLines;
        this.events = events;
    }

    /** Imports the file that the sample brings along. */
    @PostMapping("/sample")
    @ResponseStatus(HttpStatus.CREATED)
    Started importSample() throws IOException {
        return start(SAMPLE, new ClassPathResource("data/" + SAMPLE).getContentAsString(StandardCharsets.UTF_8));
    }

    /** Imports a file of the user's, which has the same columns. */
    @PostMapping(consumes = "text/csv")
    @ResponseStatus(HttpStatus.CREATED)
    Started importFile(@RequestParam String fileName, @RequestBody byte[] content) {
        return start(fileName, new String(content, StandardCharsets.UTF_8));
    }

    @PostMapping("/broken-lines/redrive")
    Redriven redrive() {
        long jobs = service.repairAndRedrive();
        events.publishEvent(new StateChanged());
        return new Redriven(jobs);
    }

    @PutMapping(path = "/broken-lines/{jobId}", consumes = "text/plain")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void correct(@PathVariable long jobId, @RequestBody String text) {
        OrderLine line = brokenLines
                .find(jobId)
                .orElseThrow(() -> new IllegalArgumentException("job " + jobId + " is not dead, or not known"));
        service.correctAndRedrive(jobId, line, text);
        events.publishEvent(new StateChanged());
    }

    private Started start(String fileName, String content) {
        List<String> lines = content.lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(String.join(",", OrderParser.COLUMNS))) {
            throw new IllegalArgumentException(
                    "the first line of the file must be " + String.join(",", OrderParser.COLUMNS));
        }
        Started started = service.start(fileName, lines);
        events.publishEvent(new StateChanged());
        return started;
    }

    @ExceptionHandler
    ProblemDetail refuse(IllegalArgumentException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, failure.getMessage());
    }

    /** How many jobs run again. */
    record Redriven(long jobs) {}
}
