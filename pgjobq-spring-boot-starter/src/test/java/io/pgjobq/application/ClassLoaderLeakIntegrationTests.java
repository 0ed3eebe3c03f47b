package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.StandardEnvironment;

/** Applications that have ended are unloaded: nothing that lives on holds on to their classes. */
@PostgresTest
@AlsoOnOtherJdks
class ClassLoaderLeakIntegrationTests {

    /** The JDK's own caches may keep the latest: a method handle remembers for which types it was asked last. */
    private static final int KEPT_BY_THE_JDK = 1;

    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static TestDatabase database;

    /** Starts and stops them all, and lives on: what they leave on the thread that starts them is found too. */
    private final ExecutorService deployer = Executors.newSingleThreadExecutor();

    /** Spring Boot's converter remembers the class loader of the first for good, be it an application with pgjobq or not. */
    @BeforeAll
    static void beTheFirst() {
        Binder.get(new StandardEnvironment()).bind("java.home", String.class);
    }

    @AfterEach
    void endTheDeployer() {
        deployer.shutdownNow();
    }

    /** As with devtools: what is shared must not remember the classes of the application. */
    @Test
    void anApplicationOnSharedLibrariesIsUnloaded() throws Exception {
        assertUnloaded(live("shared", DisposableLoader::ofApplication), PATIENCE);
    }

    /** As a web application in a container, which has all libraries to itself. */
    @Test
    void anApplicationWithItsLibrariesIsUnloaded() throws Exception {
        assertUnloaded(live("whole", DisposableLoader::ofEverything), PATIENCE);
    }

    @Test
    void anApplicationThatIsHeldIsFound() throws Exception {
        List<WeakReference<Class<?>>> applications = live("held", DisposableLoader::ofApplication);
        ThreadLocal<Class<?>> planted = new ThreadLocal<>();
        deployer.submit(() -> planted.set(applications.get(0).get())).get();
        assertThatThrownBy(() -> assertUnloaded(applications, Duration.ofSeconds(5)))
                .isInstanceOf(ConditionTimeoutException.class)
                .hasMessageContaining(ShortLife.class.getName());
        deployer.submit(planted::remove).get();
        assertUnloaded(applications, PATIENCE);
    }

    private List<WeakReference<Class<?>>> live(String schema, Callable<DisposableLoader> loaders) throws Exception {
        List<WeakReference<Class<?>>> applications = new ArrayList<>();
        for (ShortLife life : ShortLife.values()) {
            applications.add(deployer.submit(() -> loaders.call().live(life, Applications.properties(database, schema)))
                    .get(2, TimeUnit.MINUTES));
            database.execute("delete from " + schema + ".job");
        }
        return applications;
    }

    private static void assertUnloaded(List<WeakReference<Class<?>>> applications, Duration patience) {
        await().pollInSameThread()
                .atMost(patience)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    System.gc();
                    assertThat(applications.subList(0, applications.size() - KEPT_BY_THE_JDK).stream()
                                    .map(WeakReference::get))
                            .as("applications that are still loaded")
                            .containsOnlyNulls();
                });
    }
}
