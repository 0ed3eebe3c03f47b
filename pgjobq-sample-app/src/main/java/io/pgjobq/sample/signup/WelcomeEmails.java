package io.pgjobq.sample.signup;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.sample.SampleProperties;
import io.pgjobq.sample.live.StateChanged;
import java.io.IOException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Delivers welcome e-mails. Not transactional, since a transaction could not take an e-mail back: when a copy of the
 * sample dies in the middle, the e-mail is delivered again.
 */
@Component
class WelcomeEmails {

    private final Outbox outbox;
    private final SignUpRepository signUps;
    private final ApplicationEventPublisher events;
    private final String node;

    WelcomeEmails(Outbox outbox, SignUpRepository signUps, ApplicationEventPublisher events, SampleProperties sample) {
        this.outbox = outbox;
        this.signUps = signUps;
        this.events = events;
        this.node = sample.nodeName();
    }

    /** Runs one job. Its attempts are written down for the page alone; pgjobq keeps count by itself. */
    @JobHandler("emails")
    Receipt deliver(WelcomeEmail email, JobContext job) throws IOException, InterruptedException {
        signUps.attemptStarted(email.signUpId(), job.attempt(), node);
        events.publishEvent(new StateChanged());
        try {
            return new Receipt(outbox.deliver(email, job));
        } catch (IOException | InterruptedException | RuntimeException e) {
            signUps.attemptFailed(email.signUpId(), job.attempt(), String.valueOf(e.getMessage()));
            events.publishEvent(new StateChanged());
            throw e; // pgjobq waits, and calls again
        }
    }
}
