package io.pgjobq.sample.signup;

import io.pgjobq.JobContext;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.sample.SampleProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Stands in for a mail server: slow, now and then out of order, and in the end a file in a folder. */
@Component
class Outbox {

    private static final String MAIL = """
            From: The pgjobq sample <hello@sample.example>
            To: %1$s <%2$s>
            Date: %3$s
            Subject: Welcome, %1$s!
            MIME-Version: 1.0
            Content-Type: text/plain; charset=UTF-8
            Content-Transfer-Encoding: 8bit

            Hello %1$s,

            you are number %4$d to sign up. This e-mail was sent by job %5$d, which
            was stored in the same transaction as you were: had one of you failed,
            neither would be there. It got through at attempt %6$d.

            Welcome!
            """;

    private final Path directory;
    private final Duration deliveryTime;
    private final DeliveryFaults faults;

    Outbox(SampleProperties sample, DeliveryFaults faults) throws IOException {
        this.directory = Files.createDirectories(sample.outboxDirectory());
        this.deliveryTime = sample.deliveryTime();
        this.faults = faults;
    }

    /** Returns the name of the file. It is made of the sign-up, so that a second delivery replaces the first. */
    String deliver(WelcomeEmail email, JobContext job) throws IOException, InterruptedException {
        pretendToBeANetwork();
        if (email.email().startsWith("bounce@")) {
            throw new NonRetryableJobException("550 no such mailbox: " + email.email());
        }
        if (faults.strikes(email, job)) {
            throw new IOException("421 mail server too busy, try again later");
        }
        String name = "welcome-%06d.eml".formatted(email.signUpId());
        Path draft = Files.createTempFile(directory, name, ".tmp");
        Files.writeString(draft, render(email, job));
        Files.move(draft, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        return name;
    }

    String read(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    private static String render(WelcomeEmail email, JobContext job) {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(job.sentAt().atOffset(ZoneOffset.UTC));
        return MAIL.formatted(email.name(), email.email(), date, email.signUpId(), job.id(), job.attempt());
    }

    private void pretendToBeANetwork() throws InterruptedException {
        long average = deliveryTime.toMillis();
        TimeUnit.MILLISECONDS.sleep(
                average == 0 ? 0 : ThreadLocalRandom.current().nextLong(average / 2, average * 2));
    }
}
