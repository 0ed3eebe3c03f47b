package io.pgjobq.sample.exports;

import io.pgjobq.CancelResult;
import io.pgjobq.sample.exports.ExportService.Started;
import io.pgjobq.sample.live.StateChanged;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The buttons of the export. */
@RestController
@RequestMapping("/api/exports")
class ExportController {

    private final ExportService service;
    private final ExportFiles files;
    private final ApplicationEventPublisher events;

    ExportController(ExportService service, ExportFiles files, ApplicationEventPublisher events) {
        this.service = service;
        this.files = files;
        this.events = events;
    }

    @PostMapping
    Started start() {
        Started started = service.start();
        events.publishEvent(new StateChanged());
        return started;
    }

    @DeleteMapping("/{jobId}")
    Cancelled cancel(@PathVariable long jobId) {
        CancelResult result = service.cancel(jobId);
        events.publishEvent(new StateChanged());
        return new Cancelled(result);
    }

    @GetMapping("/{jobId}/file")
    ResponseEntity<Resource> file(@PathVariable long jobId) {
        if (!files.has(jobId)) {
            return ResponseEntity.notFound().build();
        }
        ContentDisposition attachment = ContentDisposition.attachment()
                .filename(ExportFiles.name(jobId))
                .build();
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, attachment.toString())
                .header(HttpHeaders.CONTENT_TYPE, "text/csv;charset=UTF-8")
                .body(new FileSystemResource(files.of(jobId)));
    }

    /** What became of the wish to cancel. */
    record Cancelled(CancelResult result) {}
}
