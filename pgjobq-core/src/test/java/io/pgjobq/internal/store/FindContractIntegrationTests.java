package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobDescription;
import io.pgjobq.JobState;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A job is found wherever it is. */
@PostgresTest
class FindContractIntegrationTests {

    private final TestStore store;
    private final int node;

    FindContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    private JobDescription find(long id) {
        return store.jobs().find(id).orElseThrow();
    }

    @Test
    void aJobIsDescribedInEachOfItsStates() {
        long id = store.send(new NewJob(TestStore.QUEUE, 3, 60_000L, null, "{\"a\": \"b\"}", false), "T");
        assertThat(find(id)).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
            assertThat(job.queue()).isEqualTo(TestStore.QUEUE);
            assertThat(job.type()).isEqualTo("T");
            assertThat(job.priority()).isEqualTo(3);
            assertThat(job.attributes()).isEqualTo(Map.of("a", "b"));
            assertThat(job.dueAt()).isAfter(job.sentAt().plusSeconds(50));
            assertThat(job.startedAt()).isNull();
        });
        store.server().execute("update pgjobq.job set " + TestStore.waitsUntil("clock_timestamp()"));
        store.lanes().promote(9, null);
        assertThat(find(id)).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.READY);
            assertThat(job.dueAt()).isNull();
            assertThat(job.node()).isNull();
        });
        ClaimedJob claimed = store.claimOne(node);
        assertThat(find(id)).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.RUNNING);
            assertThat(job.node()).isEqualTo("test");
            assertThat(job.startedAt()).isAfter(job.sentAt());
        });
        store.fail(claimed, 0L);
        assertThat(find(id)).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.RETRYING);
            assertThat(job.attempts()).isEqualTo(1);
            assertThat(job.errors())
                    .singleElement()
                    .satisfies(error -> assertThat(error.type()).isEqualTo("a.Type"));
            assertThat(job.priority()).isEqualTo(3);
        });
        store.lanes().promote(9, null);
        store.succeed(List.of(store.claimOne(node)));
        assertThat(find(id)).satisfies(job -> {
            assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(job.attempts()).isEqualTo(2);
            assertThat(job.finishedAt()).isAfterOrEqualTo(job.startedAt());
            assertThat(job.node()).isEqualTo("test");
        });
    }

    @Test
    void deadAndCancelledJobsAreFoundAndUnknownOnesAreNot() {
        long dead = store.send();
        store.fail(store.claimOne(node), null);
        long cancelled = store.send();
        store.cancel(cancelled);
        assertThat(find(dead).state()).isEqualTo(JobState.DEAD);
        assertThat(find(cancelled).state()).isEqualTo(JobState.CANCELLED);
        assertThat(find(cancelled).startedAt()).isNull();
        assertThat(store.jobs().find(-1)).isEmpty();
    }
}
