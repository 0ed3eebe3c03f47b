package io.pgjobq.sample.queues;

import io.pgjobq.sample.live.StateChanged;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The pause buttons of the tiles. */
@RestController
@RequestMapping("/api/queues/{queue}")
class QueueController {

    private final QueueTiles tiles;
    private final ApplicationEventPublisher events;

    QueueController(QueueTiles tiles, ApplicationEventPublisher events) {
        this.tiles = tiles;
        this.events = events;
    }

    @PostMapping("/pause")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void pause(@PathVariable String queue) {
        tiles.pauseHere(queue);
        events.publishEvent(new StateChanged());
    }

    @PostMapping("/resume")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void resume(@PathVariable String queue) {
        tiles.resumeHere(queue);
        events.publishEvent(new StateChanged());
    }

    @ExceptionHandler
    ProblemDetail unknown(IllegalArgumentException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, failure.getMessage());
    }
}
