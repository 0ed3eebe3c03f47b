package io.pgjobq.application;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import io.pgjobq.autoconfigure.PgJobqAutoConfiguration;
import java.sql.Driver;
import java.sql.DriverManager;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
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
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

/** An application that starts, does something and ends, in one of several ways; public for class loaders of its own. */
public enum ShortLife {

    /** Runs a job whose end is waited for. */
    WORKS {
        @Override
        void live(String[] properties) throws Exception {
            try (ConfigurableApplicationContext context =
                    application(properties).run()) {
                work(context);
            }
        }
    },

    /** Fails when everything of pgjobq's has been started. */
    FAILS_TO_START {
        @Override
        void live(String[] properties) {
            try (ConfigurableApplicationContext context = application(properties)
                    .initializers(starting -> ((GenericApplicationContext) starting).registerBean(LastStraw.class))
                    .run()) {
                throw new AssertionError(context + " has started");
            } catch (ApplicationContextException expected) {
                // it was the last straw
            }
        }
    },

    /** Does without its database, which does not come. */
    WITHOUT_DATABASE {
        @Override
        void live(String[] properties) {
            application(properties)
                    .properties(
                            "spring.datasource.url=jdbc:postgresql://localhost:1/nowhere",
                            "spring.datasource.hikari.connection-timeout=250",
                            "spring.datasource.hikari.initialization-fail-timeout=-1",
                            "pgjobq.database-required=false")
                    .run()
                    .close();
        }
    },

    /** Ends while a job runs, which it has to interrupt. */
    WITH_A_RUNNING_JOB {
        @Override
        void live(String[] properties) throws Exception {
            try (ConfigurableApplicationContext context = application(properties)
                    .properties("pgjobq.defaults.shutdown-timeout=20ms")
                    .run()) {
                context.getBean(JobSender.class).send("endless", new Name("Ada"));
                if (!context.getBean(Application.class).running.await(30, TimeUnit.SECONDS)) {
                    throw new AssertionError("the job does not start");
                }
            }
        }
    },

    /** Ends while somebody waits for a job that nobody runs. */
    WITH_SOMEBODY_WAITING {
        @Override
        void live(String[] properties) throws Exception {
            CompletableFuture<?> waiting;
            try (ConfigurableApplicationContext context = application(properties)
                    .properties("pgjobq.queues.unserved.concurrency=1")
                    .run()) {
                work(context);
                waiting = context.getBean(JobSender.class)
                        .to("unserved")
                        .send(new Name("Ada"), String.class)
                        .completion();
            }
            try {
                waiting.get(30, TimeUnit.SECONDS);
                throw new AssertionError("nobody runs that job");
            } catch (ExecutionException expected) {
                // it is waited for in vain
            }
        }
    },

    /** Is stopped and started again before it ends. */
    RESTARTED {
        @Override
        void live(String[] properties) throws Exception {
            try (ConfigurableApplicationContext context =
                    application(properties).run()) {
                context.stop();
                context.start();
                work(context);
            }
        }
    };

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

        final CountDownLatch running = new CountDownLatch(1);

        @JobHandler("greetings")
        String greet(Name name) {
            return "Hello " + name.value();
        }

        @JobHandler("endless")
        void waitForEver(Name name) throws InterruptedException {
            running.countDown();
            new CountDownLatch(1).await();
        }
    }

    /** Fails to start, after everything else has. */
    static class LastStraw implements SmartLifecycle {

        @Override
        public void start() {
            throw new IllegalStateException("the last straw");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }

    /** Starts, does it, and ends. */
    abstract void live(String[] properties) throws Exception;

    /** The way into a class loader of its own. What the loader's JDBC drivers have registered with the JDK goes with it. */
    public static void live(String name, String[] properties) throws Exception {
        valueOf(name).live(properties);
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == ShortLife.class.getClassLoader()) {
                DriverManager.deregisterDriver(driver);
            }
        }
    }

    private static SpringApplicationBuilder application(String[] properties) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties("spring.main.banner-mode=off", "spring.main.log-startup-info=false")
                .properties("logging.register-shutdown-hook=false")
                .properties(properties);
    }

    private static void work(ConfigurableApplicationContext context) throws Exception {
        String greeting = context.getBean(JobSender.class)
                .to("greetings")
                .send(new Name("Ada"), String.class)
                .completion()
                .get(30, TimeUnit.SECONDS)
                .resultOrThrow();
        if (!"Hello Ada".equals(greeting)) {
            throw new AssertionError(greeting);
        }
    }
}
