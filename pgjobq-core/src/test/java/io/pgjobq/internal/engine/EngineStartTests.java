package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.PgJobQ;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.AbstractDriverBasedDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class EngineStartTests {

    private final AbstractDriverBasedDataSource unused = new DriverManagerDataSource("jdbc:unused:");

    @Test
    void aStartThatFailsForALackOfListenersLeavesNoThread() {
        Set<Thread> before = threads();
        PgJobQ node = PgJobQ.builder(unused)
                .listenConnections(null)
                .listeners(() -> {
                    throw new IllegalArgumentException("a listener can't be made");
                })
                .build();
        assertThatIllegalArgumentException().isThrownBy(node::start).withMessage("a listener can't be made");
        assertThat(node.isRunning()).isFalse();
        assertThat(threads()).isSubsetOf(before);
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("pgjobq-"))
                .collect(Collectors.toSet());
    }
}
