package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.node.QuietRegistry;
import io.pgjobq.internal.node.RegisteredNode;
import io.pgjobq.internal.node.Unobserved;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Everybody hears of requests to cancel, and one node looks. */
class CancelRequestTests {

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), () -> 0);
    private final FakeTables tables = new FakeTables();
    private final RegisteredNode node = new RegisteredNode(
            new QuietRegistry(), "a", Duration.ofSeconds(14), new Unobserved(), vitals, new Random(1), () -> 0);
    private final Maintenance maintenance = new Maintenance(
            node,
            tables,
            new Doorbell(new Heard(), null),
            new FakeWorkers(),
            Duration.ofSeconds(5),
            vitals,
            new Background("upkeep", vitals, Thread::new),
            () -> 0);

    @Test
    void aRequestToCancelIsObeyedByTheNodeThatItNames() {
        node.register();
        maintenance.cancel(node.id() + 1);
        maintenance.runDue();
        assertThat(tables.calls).isEmpty();
        maintenance.cancel(node.id());
        maintenance.runDue();
        assertThat(tables.calls).containsExactly("requests");
    }
}
