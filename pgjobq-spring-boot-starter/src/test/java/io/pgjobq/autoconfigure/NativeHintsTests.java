package io.pgjobq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobHandler;
import io.pgjobq.PromptSockets;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

class NativeHintsTests {

    record Email(String to) {}

    record Receipt(String from) {}

    static class Emails {

        @JobHandler("emails")
        private Receipt handle(Email email) {
            return new Receipt(email.to());
        }
    }

    @Test
    void handlersMayBeCalledAndTheirPayloadsAndResultsConverted() throws NoSuchMethodException {
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean("emails", Emails.class);
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("io.pgjobq", "Application")), new InMemoryGeneratedFiles());
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        RuntimeHints hints = generation.getRuntimeHints();
        assertThat(RuntimeHintsPredicates.reflection()
                        .onMethodInvocation(Emails.class.getDeclaredMethod("handle", Email.class)))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(Email.class)).accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Receipt.class.getMethod("from")))
                .accepts(hints);
    }

    @Test
    void statementsAndChangeLogAreResources() {
        RuntimeHints hints = new RuntimeHints();
        new PgJobqRuntimeHints().registerHints(hints, null);
        assertThat(RuntimeHintsPredicates.resource().forResource("io/pgjobq/internal/schema/changelog.yaml"))
                .accepts(hints);
    }

    @Test
    void theDriverCanMakeItsSockets() throws NoSuchMethodException {
        RuntimeHints hints = new RuntimeHints();
        new PgJobqRuntimeHints().registerHints(hints, null);
        assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(PromptSockets.class.getConstructor()))
                .accepts(hints);
    }
}
