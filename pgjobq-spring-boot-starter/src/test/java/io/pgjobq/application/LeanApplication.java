package io.pgjobq.application;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.autoconfigure.PgJobqAutoConfiguration;
import java.sql.Driver;
import java.sql.DriverManager;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.annotation.Transactional;

/** An application that needs nothing that is optional; public for class loaders of its own. */
public final class LeanApplication {

    record Name(String value) {}

    @SpringBootConfiguration
    @ImportAutoConfiguration({
        LifecycleAutoConfiguration.class,
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        JacksonAutoConfiguration.class,
        PgJobqAutoConfiguration.class
    })
    static class Application {

        @JobHandler("value")
        String value(Name name) {
            return "Hello " + name.value();
        }

        @JobHandler("stage")
        CompletionStage<String> stage(Name name) {
            return CompletableFuture.supplyAsync(() -> value(name));
        }

        @JobHandler("object")
        Object object(Name name) {
            return stage(name);
        }

        @Transactional
        @JobHandler("transactional")
        String transactional(Name name) {
            return value(name);
        }
    }

    private LeanApplication() {}

    /** Fails unless the class is missing, and all kinds of handlers run their jobs. */
    public static void live(String missing, String[] properties) throws Exception {
        ClassLoader loader = LeanApplication.class.getClassLoader();
        try {
            loader.loadClass(missing);
            throw new AssertionError(missing + " is there");
        } catch (ClassNotFoundException expected) {
            work(properties);
        }
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == loader) {
                DriverManager.deregisterDriver(driver);
            }
        }
    }

    private static void work(String[] properties) throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties("spring.main.banner-mode=off", "spring.main.log-startup-info=false")
                .properties("logging.register-shutdown-hook=false")
                .properties(properties)
                .run()) {
            JobSender jobs = context.getBean(JobSender.class);
            for (String queue : List.of("value", "stage", "object", "transactional")) {
                String greeting = jobs.to(queue)
                        .send(new Name("Ada"), String.class)
                        .completion()
                        .get(30, TimeUnit.SECONDS)
                        .resultOrThrow();
                if (!"Hello Ada".equals(greeting)) {
                    throw new AssertionError(queue + ": " + greeting);
                }
            }
        }
    }
}
