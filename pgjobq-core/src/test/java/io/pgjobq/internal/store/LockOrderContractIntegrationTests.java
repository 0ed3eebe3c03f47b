package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Statements that lock many jobs at once lock them in one order, so that no two wait for each other. */
@PostgresTest
class LockOrderContractIntegrationTests {

    private final TestStore store;

    LockOrderContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
    }

    @Test
    void waitingForJobsAndSettlingThemDoNotDeadlock() {
        int node = store.node();
        for (int round = 0; round < 10; round++) {
            long[] ids = store.sendAll(5, 1_000).stream().mapToLong(id -> id).toArray();
            List<ClaimedJob> jobs = new ArrayList<>(store.claim(node, 1_000));
            Collections.reverse(jobs);

            CompletableFuture<?> waiting =
                    CompletableFuture.runAsync(() -> store.finished().await(ids));
            store.succeed(jobs, jobs.get(0).claim());

            assertThatCode(waiting::join).doesNotThrowAnyException();
        }
    }
}
