package io.pgjobq.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

class PgBouncerModeTests {

    @Test
    void isReadByItsName() {
        assertThat(PgBouncerMode.from(name -> Optional.empty())).isEqualTo(PgBouncerMode.OFF);
        assertThat(PgBouncerMode.from(name -> Optional.of(" poll-only "))).isEqualTo(PgBouncerMode.POLL_ONLY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PgBouncerMode.from(name -> Optional.of("session")))
                .withMessage("pgjobq.test.pgbouncer must be 'listen-direct', 'poll-only' or empty, but is 'session'");
    }

    @Test
    void leavesOutWhatMakesNoSenseAndTellsWhy() {
        assertThat(skipped("poll-only")).containsExactly("poll-only: it listens");
        assertThat(skipped("listen-direct")).isEmpty();
        assertThat(skipped("")).isEmpty();
    }

    private static List<String> skipped(String mode) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Listens.class))
                .configurationParameter(PgBouncerMode.PROPERTY, mode)
                .execute()
                .testEvents()
                .skipped()
                .map(event -> event.getPayload(String.class).orElse(""))
                .toList();
    }

    static class Listens {

        @Test
        @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "it listens")
        void listens() {}

        @Test
        void doesNot() {}
    }
}
