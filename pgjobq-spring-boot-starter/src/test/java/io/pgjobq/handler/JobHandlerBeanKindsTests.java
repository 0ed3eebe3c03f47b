package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobHandler;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

class JobHandlerBeanKindsTests {

    record Email(String to) {}

    static class Emails {

        private final String sender;

        Emails() {
            this("nobody");
        }

        Emails(String sender) {
            this.sender = sender;
        }

        @JobHandler("public")
        public String open(Email email) {
            return sender + " to " + email.to();
        }

        @JobHandler("package")
        String visible(Email email) {
            return sender + " to " + email.to();
        }

        @JobHandler("private")
        private String hidden(Email email) {
            return sender + " to " + email.to();
        }

        @JobHandler("final")
        public final String sealed(Email email) {
            return sender + " to " + email.to();
        }
    }

    private final AtomicInteger intercepted = new AtomicInteger();

    private Object proxied(Object target) {
        ProxyFactory factory = new ProxyFactory(target);
        factory.setProxyTargetClass(true);
        factory.addAdvice((MethodInterceptor) invocation -> {
            intercepted.incrementAndGet();
            return invocation.proceed();
        });
        return factory.getProxy();
    }

    private ScannedHandlers proxiedEmails() {
        Emails proxy = (Emails) proxied(new Emails("grace"));
        return ScannedHandlers.with(context -> context.getBeanFactory().registerSingleton("emails", proxy));
    }

    @Test
    void aClassProxyIsCalledWhereItCanIntercept() throws Throwable {
        try (ScannedHandlers handlers = proxiedEmails()) {
            assertThat(handlers.run("public", new Email("ada"))).isEqualTo("grace to ada");
            assertThat(handlers.run("package", new Email("ada"))).isEqualTo("grace to ada");
            assertThat(intercepted).hasValue(2);
        }
    }

    @Test
    void thePrivateMethodOfAClassProxySeesTheFieldsOfItsTarget() throws Throwable {
        try (ScannedHandlers handlers = proxiedEmails()) {
            assertThat(handlers.run("private", new Email("ada"))).isEqualTo("grace to ada");
        }
    }

    @Test
    void theFinalMethodOfAClassProxySeesTheFieldsOfItsTarget() throws Throwable {
        try (ScannedHandlers handlers = proxiedEmails()) {
            assertThat(handlers.run("final", new Email("ada"))).isEqualTo("grace to ada");
        }
    }

    @Test
    void thePrivateMethodBehindTwoProxiesSeesTheFieldsOfItsTarget() throws Throwable {
        Object twice = proxied(proxied(new Emails("grace")));
        try (ScannedHandlers handlers =
                ScannedHandlers.with(context -> context.getBeanFactory().registerSingleton("emails", twice))) {
            assertThat(handlers.run("private", new Email("ada"))).isEqualTo("grace to ada");
        }
    }

    interface Post {

        String deliver(Email email);
    }

    static class Postman implements Post {

        @Override
        @JobHandler("post")
        public String deliver(Email email) {
            return "delivered to " + email.to();
        }
    }

    @Test
    void aJdkProxyIsCalledThroughItsInterface() throws Throwable {
        ProxyFactory factory = new ProxyFactory(new Postman());
        Object proxy = factory.getProxy();
        try (ScannedHandlers handlers =
                ScannedHandlers.with(context -> context.getBeanFactory().registerSingleton("post", proxy))) {
            assertThat(handlers.run("post", new Email("ada"))).isEqualTo("delivered to ada");
        }
    }

    static class Created {

        private final AtomicInteger count = new AtomicInteger();
    }

    @Lazy
    static class LazyEmails {

        private final int number;

        LazyEmails(Created created) {
            number = created.count.incrementAndGet();
        }

        @JobHandler("lazy")
        int handle(Email email) {
            return number;
        }
    }

    @Test
    void aLazyBeanIsCreatedByItsFirstJob() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Created.class, LazyEmails.class)) {
            assertThat(handlers.bean(Created.class).count).hasValue(0);
            assertThat(handlers.run("lazy", new Email("ada"))).isEqualTo(1);
            assertThat(handlers.run("lazy", new Email("ada"))).isEqualTo(1);
        }
    }

    @Scope("prototype")
    static class PrototypeEmails extends LazyEmails {

        PrototypeEmails(Created created) {
            super(created);
        }
    }

    @Test
    void aPrototypeBeanIsCreatedForEachJob() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(Created.class, PrototypeEmails.class)) {
            assertThat(handlers.run("lazy", new Email("ada"))).isEqualTo(1);
            assertThat(handlers.run("lazy", new Email("ada"))).isEqualTo(2);
        }
    }

    @Scope(scopeName = "job-thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class ScopedEmails {

        private String sender = "grace";

        @JobHandler("scoped")
        private String handle(Email email) {
            return sender + " to " + email.to();
        }
    }

    @Test
    void aScopedBeanIsFoundOnceAndCalledInItsScope() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.with(context -> {
            context.getBeanFactory().registerScope("job-thread", new SimpleThreadScope());
            context.register(ScopedEmails.class);
        })) {
            assertThat(handlers.run("scoped", new Email("ada"))).isEqualTo("grace to ada");
        }
    }

    @Configuration
    static class HandlingConfiguration {

        private final String sender = "grace";

        @JobHandler("configuration")
        private String handle(Email email) {
            return sender + " to " + email.to();
        }

        @Bean
        Emails emails() {
            return new Emails(sender);
        }
    }

    @Test
    void aConfigurationClassMayHaveHandlersLikeAnyBean() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(HandlingConfiguration.class)) {
            assertThat(handlers.run("configuration", new Email("ada"))).isEqualTo("grace to ada");
            assertThat(handlers.run("private", new Email("ada"))).isEqualTo("grace to ada");
        }
    }

    static class SelfReferring {

        private final ObjectProvider<JobHandlers> handlers;

        SelfReferring(ObjectProvider<JobHandlers> handlers) {
            this.handlers = handlers;
        }

        @JobHandler("self")
        boolean handle(Email email) {
            return handlers.getIfAvailable() != null;
        }
    }

    @Test
    void aHandlerMayReferToWhatFoundIt() throws Throwable {
        try (ScannedHandlers handlers = ScannedHandlers.of(SelfReferring.class)) {
            assertThat(handlers.run("self", new Email("ada"))).isEqualTo(true);
        }
    }

    @Test
    void aContextWithoutHandlersRegistersNone() {
        try (ScannedHandlers handlers = ScannedHandlers.of(Created.class)) {
            assertThat(handlers.byQueue()).isEmpty();
        }
    }

    @Test
    void onlyBeansWithHandlersAreExcludedFromLazyInitialization() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(Emails.class, Created.class);
            JobHandlerLazyInitializationExcludeFilter filter = new JobHandlerLazyInitializationExcludeFilter();
            assertThat(filter.isExcluded("emails", definition(context, Emails.class), Emails.class))
                    .isTrue();
            assertThat(filter.isExcluded("created", definition(context, Created.class), Created.class))
                    .isFalse();
        }
    }

    private static org.springframework.beans.factory.config.BeanDefinition definition(
            AnnotationConfigApplicationContext context, Class<?> type) {
        return context.getBeanDefinition(context.getBeanFactory().getBeanNamesForType(type, true, false)[0]);
    }
}
