package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

import io.pgjobq.Handler;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobType;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.env.MapPropertySource;

class JobHandlerMethodKindsTests {

    record Email(String to) {}

    @JobType(value = "letter", aliases = "old-letter")
    record Letter(String to) {}

    sealed interface Shape permits Circle, Square {}

    record Circle(int radius) implements Shape {}

    record Square(int side) implements Shape {}

    static class AnyVisibility {

        @JobHandler("private")
        private String hidden(Email email) {
            return "private " + email.to();
        }

        @JobHandler("package")
        String visible(Email email) {
            return "package " + email.to();
        }

        @JobHandler("protected")
        protected String inherited(Email email) {
            return "protected " + email.to();
        }

        @JobHandler("public")
        public String open(Email email) {
            return "public " + email.to();
        }

        @JobHandler("static")
        static String shared(Email email) {
            return "static " + email.to();
        }
    }

    @Test
    void aMethodOfAnyVisibilityRunsJobs() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(AnyVisibility.class)) {
            for (String visibility : List.of("private", "package", "protected", "public", "static")) {
                assertThat(handlers.run(visibility, new Email("ada"))).isEqualTo(visibility + " ada");
            }
        }
    }

    static class ContextAnywhere {

        @JobHandler("first")
        Object first(JobContext context, Email email) {
            return context;
        }

        @JobHandler("last")
        Object last(Email email, JobContext context) {
            return context;
        }
    }

    @Test
    void theContextMayComeBeforeOrAfterThePayload() throws Throwable {
        JobContext context = mock(JobContext.class);
        try (ScannedHandlers handlers = ScannedHandlers.of(ContextAnywhere.class)) {
            Email email = new Email("ada");
            assertThat(handlers.only("first").invocation().invoke(email, context))
                    .isSameAs(context);
            assertThat(handlers.only("last").invocation().invoke(email, context))
                    .isSameAs(context);
        }
    }

    abstract static class Generic<T> {

        @JobHandler("generic")
        String handle(T payload) {
            return "base " + payload;
        }
    }

    static class OfEmails extends Generic<Email> {}

    static class Overridden extends Generic<Email> {

        @Override
        String handle(Email email) {
            return "override " + email.to();
        }
    }

    static class OfLists extends Generic<List<Email>> {

        @Override
        @JobHandler(value = "generic", types = "emails")
        String handle(List<Email> payload) {
            return "list";
        }
    }

    @Test
    void aGenericSuperclassTakesTheTypeOfTheSubclass() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(OfEmails.class)) {
            assertThat(handlers.only("generic").payloadType()).isEqualTo(Email.class);
            assertThat(handlers.only("generic").types()).containsExactly("Email");
            assertThat(handlers.run("generic", new Email("ada"))).isEqualTo("base Email[to=ada]");
        }
    }

    @Test
    void anOverriddenMethodIsOneHandlerInSpiteOfItsBridge() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Overridden.class)) {
            assertThat(handlers.run("generic", new Email("ada"))).isEqualTo("override ada");
        }
    }

    @Test
    void thePayloadTypeKeepsItsTypeArguments() {
        try (ScannedHandlers handlers = ScannedHandlers.of(OfLists.class)) {
            assertThat(handlers.only("generic").payloadType().getTypeName())
                    .isEqualTo("java.util.List<" + Email.class.getName() + ">");
        }
    }

    record Page<T>(List<T> items) {}

    static class OfPages {

        @JobHandler("pages")
        String handle(Page<Email> page) {
            return page.items().get(0).to();
        }
    }

    @Test
    void aGenericPayloadIsTakenUnderTheNameOfItsClass() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(OfPages.class)) {
            assertThat(handlers.only("pages").types()).containsExactly("Page");
            Object page = new JacksonPayloadConverter()
                    .read(
                            "{\"items\": [{\"to\": \"ada\"}]}".getBytes(StandardCharsets.UTF_8),
                            handlers.only("pages").payloadType());
            assertThat(handlers.run("pages", page)).isEqualTo("ada");
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @JobHandler("unused")
    @interface EmailHandler {

        @AliasFor(annotation = JobHandler.class, attribute = "value")
        String queue();

        @AliasFor(annotation = JobHandler.class)
        String[] types() default {};
    }

    static class Composed {

        @EmailHandler(queue = "composed", types = "mail")
        String handle(Email email) {
            return "composed";
        }
    }

    @Test
    void anAnnotationMayBeComposed() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Composed.class)) {
            assertThat(handlers.byQueue()).containsOnlyKeys("composed");
            assertThat(handlers.only("composed").types()).containsExactly("mail");
        }
    }

    static class Placeholders {

        @JobHandler(value = "${queues}", types = "${type:mail}")
        void handle(Email email) {}
    }

    @Test
    void placeholdersAreResolvedInQueuesAndTypes() {
        try (ScannedHandlers handlers = ScannedHandlers.with(context -> {
            context.register(Placeholders.class);
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("test", Map.of("queues", "one, two")));
        })) {
            assertThat(handlers.byQueue()).containsOnlyKeys("one", "two");
            assertThat(handlers.only("one").types()).containsExactly("mail");
        }
    }

    static class EmptyPlaceholder {

        @JobHandler(value = "emails", types = "${type:}")
        void handle(Email email) {}
    }

    @Test
    void aPlaceholderForNothingLeavesTheTypeOfThePayload() {
        try (ScannedHandlers handlers = ScannedHandlers.of(EmptyPlaceholder.class)) {
            assertThat(handlers.only("emails").types()).containsExactly("Email");
        }
    }

    static class SeveralQueues {

        @JobHandler({"one", "two"})
        void handle(Email email) {}
    }

    @Test
    void aMethodMayServeSeveralQueues() {
        try (ScannedHandlers handlers = ScannedHandlers.of(SeveralQueues.class)) {
            assertThat(handlers.byQueue()).containsOnlyKeys("one", "two");
        }
    }

    static class SeveralTypes {

        @JobHandler("post")
        void email(Email email) {}

        @JobHandler("post")
        void letter(Letter letter) {}

        @JobHandler("post")
        void shape(Shape shape) {}

        @JobHandler("post")
        void rest(byte[] raw) {}
    }

    @Test
    void handlersOfAQueueAreToldApartByTheirTypes() {
        try (ScannedHandlers handlers = ScannedHandlers.of(SeveralTypes.class)) {
            assertThat(handlers.byQueue().get("post"))
                    .extracting(Handler::types)
                    .extracting(types -> types.stream().sorted().toList())
                    .containsExactlyInAnyOrder(
                            List.of("Email"),
                            List.of("letter", "old-letter"),
                            List.of("Circle", "Shape", "Square"),
                            List.of());
        }
    }

    @Test
    void aHandlerIsDescribedByItsSignature() {
        try (ScannedHandlers handlers = ScannedHandlers.of(ContextAnywhere.class)) {
            assertThat(handlers.only("last").description()).isEqualTo("ContextAnywhere.last(Email, JobContext)");
        }
    }

    static class Throwing {

        @JobHandler("checked")
        void handle(Email email) throws IOException {
            throw new IOException("no post today");
        }
    }

    @Test
    void whatTheMethodThrowsIsThrownAsItIs() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Throwing.class)) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> handlers.run("checked", new Email("ada")))
                    .withMessage("no post today")
                    .withNoCause();
        }
    }

    interface Contract {

        @JobHandler("contract")
        String handle(Email email);
    }

    static class Fulfilled implements Contract {

        @Override
        public String handle(Email email) {
            return "fulfilled";
        }
    }

    @Test
    void theAnnotationMayBeOnAnInterface() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Fulfilled.class)) {
            assertThat(handlers.run("contract", new Email("ada"))).isEqualTo("fulfilled");
        }
    }
}
