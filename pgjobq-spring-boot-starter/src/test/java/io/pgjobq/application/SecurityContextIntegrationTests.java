package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** Nobody is logged on when a handler is called, whoever was before, with Spring Security itself. */
@PostgresTest
@AlsoOnOtherJdks
class SecurityContextIntegrationTests {

    private static TestDatabase database;

    /** Who is logged on when they are called; then it is who the payload says. */
    static class Sessions {

        @JobHandler("sessions")
        List<String> session(String name) {
            return List.of(changedTo(name), Thread.currentThread().getName());
        }

        @JobHandler("unfinished")
        CompletionStage<List<String>> unfinished(String name) {
            String before = changedTo(name);
            CompletableFuture<List<String>> work = new CompletableFuture<>();
            // The thread that ends the work is somebody's, and may be the one that makes a worker's thread.
            new Thread(() -> {
                        SecurityContextHolder.getContext().setAuthentication(user(name));
                        work.complete(List.of(before, "-"));
                    })
                    .start();
            return work;
        }

        private static String changedTo(String name) {
            Authentication before = SecurityContextHolder.getContext().getAuthentication();
            SecurityContextHolder.getContext().setAuthentication(user(name));
            return before == null ? "nobody" : before.getName();
        }
    }

    @AfterEach
    void logOff() {
        SecurityContextHolder.clearContext();
        SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_THREADLOCAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {SecurityContextHolder.MODE_THREADLOCAL, SecurityContextHolder.MODE_INHERITABLETHREADLOCAL})
    void theNextJobOnAThreadRunsAsNobody(String strategy) {
        SecurityContextHolder.setStrategyName(strategy);
        sessions("left_" + strategy).run(context -> {
            List<String> first = session(context, "sessions", "ada");
            List<String> second = session(context, "sessions", "eve");
            assertThat(second).isEqualTo(first).startsWith("nobody");
            assertThat(session(context, "unfinished", "ada")).startsWith("nobody");
            assertThat(session(context, "unfinished", "eve")).startsWith("nobody");
            assertThat(session(context, "sessions", "ada")).startsWith("nobody");
        });
    }

    @Test
    void aJobDoesNotRunAsItsSender() {
        sendAsAda(false);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aJobDoesNotRunAsItsSenderOnAVirtualThreadEither() {
        sendAsAda(true);
    }

    /** A sender hands a job to a node that has nothing else to do itself, and so makes the thread. */
    private static void sendAsAda(boolean virtual) {
        SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_INHERITABLETHREADLOCAL);
        sessions("inherited_" + virtual)
                .withPropertyValues("spring.threads.virtual.enabled=" + virtual)
                .run(context -> {
                    SecurityContextHolder.getContext().setAuthentication(user("ada"));
                    assertThat(session(context, "sessions", "eve")).startsWith("nobody");
                });
    }

    private static ApplicationContextRunner sessions(String schema) {
        return Applications.on(database, schema.toLowerCase(java.util.Locale.ROOT))
                .withBean(Sessions.class)
                .withPropertyValues("pgjobq.defaults.concurrency=1");
    }

    private static Authentication user(String name) {
        return new TestingAuthenticationToken(name, "secret");
    }

    @SuppressWarnings("unchecked")
    private static List<String> session(ApplicationContext context, String queue, String name) throws Exception {
        return (List<String>) context.getBean(JobSender.class)
                .to(queue)
                .send(name, List.class)
                .completion()
                .get(30, TimeUnit.SECONDS)
                .resultOrThrow();
    }
}
