package io.pgjobq.sample.signup;

import io.pgjobq.sample.live.StateChanged;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The sign-up form. */
@RestController
@RequestMapping("/api/sign-ups")
class SignUpController {

    private final SignUpService service;
    private final SignUpRepository signUps;
    private final Outbox outbox;
    private final ApplicationEventPublisher events;

    SignUpController(SignUpService service, SignUpRepository signUps, Outbox outbox, ApplicationEventPublisher events) {
        this.service = service;
        this.signUps = signUps;
        this.outbox = outbox;
        this.events = events;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Created signUp(@RequestBody @Valid Form form) {
        long id = service.register(form.name(), form.email());
        events.publishEvent(new StateChanged()); // after the commit, so that there is something to see
        return new Created(id);
    }

    @GetMapping("/{id}/mail")
    ResponseEntity<String> mail(@PathVariable long id) throws IOException {
        Optional<String> file = signUps.mailFile(id);
        return file.isEmpty()
                ? ResponseEntity.notFound().build()
                : ResponseEntity.ok()
                        .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                        .body(outbox.read(file.get()));
    }

    /** What the form sends. Line breaks would let a name write headers of the e-mail. */
    record Form(
            @NotBlank @Size(max = 100) @Pattern(regexp = "[^\\r\\n]*")
            String name,

            @NotBlank @Size(max = 200) @Email String email) {}

    /** What the form gets back. */
    record Created(long id) {}
}
