package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobType;
import io.pgjobq.test.Analyses;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;

class InvalidJobHandlerTests {

    record Email(String to) {}

    static class NoPayload {

        @JobHandler("emails")
        void handle(JobContext context) {}
    }

    @Test
    void aHandlerWithoutPayloadFailsTheStart() {
        assertThat(analysisOf(NoPayload.class).getDescription())
                .isEqualTo(NoPayload.class.getName() + ".handle(JobContext) has no payload parameter.");
    }

    static class TwoPayloads {

        @JobHandler("emails")
        void handle(Email email, String subject) {}
    }

    @Test
    void aHandlerWithTwoPayloadsFailsTheStart() {
        FailureAnalysis analysis = analysisOf(TwoPayloads.class);
        assertThat(analysis.getDescription())
                .isEqualTo(TwoPayloads.class.getName() + ".handle(Email, String) has more than one payload parameter.");
        assertThat(analysis.getAction()).contains("exactly one parameter").contains("JobContext");
    }

    static class TwoContexts {

        @JobHandler("emails")
        void handle(Email email, JobContext one, JobContext two) {}
    }

    @Test
    void aHandlerWithTwoContextsFailsTheStart() {
        assertThat(analysisOf(TwoContexts.class).getDescription()).contains("two JobContext parameters");
    }

    static class OneHandler {

        @JobHandler("emails")
        void one(Email email) {}
    }

    static class OtherHandler {

        @JobHandler({"letters", "emails"})
        void other(Email email, JobContext context) {}
    }

    @Test
    void twoHandlersForATypeFailTheStartAndBothAreNamed() {
        assertThat(analysisOf(OneHandler.class, OtherHandler.class).getDescription())
                .startsWith("queue 'emails' has two handlers for jobs of type 'Email': ")
                .contains(OneHandler.class.getName() + ".one(Email)")
                .contains(OtherHandler.class.getName() + ".other(Email, JobContext)");
    }

    static class Raw {

        @JobHandler("emails")
        void one(byte[] raw) {}

        @JobHandler("emails")
        void other(byte[] raw) {}
    }

    @Test
    void twoRawHandlersFailTheStart() {
        assertThat(analysisOf(Raw.class).getDescription())
                .startsWith("queue 'emails' has two handlers for the raw jobs: ")
                .contains("Raw.one(byte[])")
                .contains("Raw.other(byte[])");
    }

    static class NoConcreteType {

        @JobHandler("emails")
        void handle(Map<String, Object> payload) {}
    }

    @Test
    void aPayloadThatNoJobIsNamedAfterFailsTheStartAndTheMessageSaysHowToNameOne() {
        FailureAnalysis analysis = analysisOf(NoConcreteType.class);
        assertThat(analysis.getDescription()).contains("handle(Map) takes a Map, which has no type name of its own");
        assertThat(analysis.getAction())
                .contains("@JobHandler(types = \"stats\")")
                .contains("jobs.to(queue).type(\"stats\").send(payload)");
        assertThat(analysisOf(OfObject.class).getAction()).contains("@JobHandler(types = …)");
    }

    static class OfObject {

        @JobHandler("emails")
        void handle(Object payload) {}
    }

    @JobType(value = "order", version = 0)
    record Unversioned() {}

    static class WrongVersion {

        @JobHandler("emails")
        void handle(Unversioned order) {}
    }

    @Test
    void aVersionThatCannotBeFailsTheStart() {
        assertThat(analysisOf(WrongVersion.class).getDescription())
                .contains("handle(Unversioned) takes a type without a valid name")
                .contains("must be from 1 to 999, but is 0");
    }

    static class NoQueue {

        @JobHandler("${emails.queue:}")
        void handle(Email email) {}
    }

    @Test
    void aHandlerWithoutQueueFailsTheStart() {
        assertThat(analysisOf(NoQueue.class).getDescription()).contains("names no queue");
    }

    interface Post {}

    static class Postman implements Post {

        @JobHandler("post")
        public void deliver(Email email) {}
    }

    @Test
    void aMethodThatAJdkProxyHidesFailsTheStart() {
        Object proxy = new ProxyFactory(new Postman()).getProxy();
        InvalidJobHandlerException failure = catchThrowableOfType(
                InvalidJobHandlerException.class,
                () -> ScannedHandlers.with(context -> context.getBeanFactory().registerSingleton("post", proxy)));
        FailureAnalysis analysis = Analyses.of(failure);
        assertThat(analysis.getDescription()).contains("Postman.deliver(Email) can't be called");
        assertThat(analysis.getAction()).contains("pull the method up").contains("proxy-target-class");
    }

    private static FailureAnalysis analysisOf(Class<?>... components) {
        return Analyses.of(
                catchThrowableOfType(InvalidJobHandlerException.class, () -> ScannedHandlers.of(components)));
    }
}
