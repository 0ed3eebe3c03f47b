package io.pgjobq.internal.settle;

import static io.pgjobq.internal.settle.ClaimBookTests.job;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.HeldJob;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.test.LogLines;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ClaimAuditTests {

    private static final Registration NODE = new Registration(1, 2);

    private final ClaimBook book = new ClaimBook();

    /** What each look at the table does and sees; the last is repeated. */
    private final Deque<Supplier<List<HeldJob>>> table = new ArrayDeque<>();

    private final List<HeldJob> jobs = new ArrayList<>();
    private final List<Long> claims = new ArrayList<>();
    private final ClaimAudit audit = new ClaimAudit(
            registration -> (table.size() > 1 ? table.remove() : table.element()).get(),
            (released, whole) -> {
                jobs.addAll(released);
                for (long claim : whole) {
                    claims.add(claim);
                }
            },
            book);

    @Test
    void givesNothingBackOfWhatItHolds() {
        book.taken(List.of(job(7, 1), job(7, 2)));
        book.settle(job(7, 2));
        table.add(() -> List.of(new HeldJob(7, 1L), new HeldJob(7, 2L)));

        assertThat(audit.run(NODE)).isFalse();
        assertGivenBack(List.of());
        assertThat(book.isLost(7)).isFalse();
    }

    @Test
    void givesAClaimBackWhoseAnswerWasLost() {
        table.add(() -> List.of(new HeldJob(7, 1L), new HeldJob(7, 2L), new HeldJob(8, null)));

        assertThat(audit.run(NODE)).isTrue();
        assertGivenBack(List.of(), 7L, 8L);
    }

    @Test
    void givesAJobBackWhoseEndWasForgotten() {
        book.taken(List.of(job(7, 1), job(7, 2)));
        book.settle(job(7, 1));
        book.settled(job(7, 1));
        table.add(() -> List.of(new HeldJob(7, 1L), new HeldJob(7, 2L)));

        assertThat(audit.run(NODE)).isTrue();
        assertGivenBack(List.of(new HeldJob(7, 1L)));
    }

    @Test
    void aClaimThatIsBeingMadeIsNotGivenBack() {
        book.asking(7, 9);
        table.add(() -> List.of(new HeldJob(8, 1L)));

        assertThat(audit.run(NODE)).isFalse();
        assertGivenBack(List.of());
    }

    @Test
    void aJobThatEndsWhileTheTableIsReadIsNotGivenBack() {
        book.taken(List.of(job(7, 1), job(7, 2)));
        table.add(() -> {
            book.settle(job(7, 1));
            book.settled(job(7, 1));
            return List.of(new HeldJob(7, 1L), new HeldJob(7, 2L));
        });
        table.add(() -> List.of(new HeldJob(7, 2L)));

        assertThat(audit.run(NODE)).isFalse();
        assertGivenBack(List.of());
    }

    @Test
    void aClaimThatTheTablesHaveNotIsLost() {
        book.taken(List.of(job(7, 1), job(8, 2)));
        table.add(() -> List.of(new HeldJob(8, 2L)));

        try (LogLines log = LogLines.capture()) {
            assertThat(audit.run(NODE)).isFalse();
            assertThat(audit.run(NODE)).isFalse();
            assertThat(log.with("node 1: 1 of its claims are gone from the tables"))
                    .as("once")
                    .hasSize(1);
        }
        assertThat(book.isLost(7)).isTrue();
        assertThat(book.isLost(8)).isFalse();
    }

    @Test
    void aClaimThatIsMadeWhileTheTableIsReadIsNotLost() {
        table.add(() -> {
            book.taken(List.of(job(7, 1)));
            return List.of();
        });

        audit.run(NODE);
        assertThat(book.isLost(7)).isFalse();
    }

    @Test
    void aClaimThatIsRemovedWhileTheTableIsReadIsNotLost() {
        book.taken(List.of(job(7, 1)));
        table.add(() -> {
            book.settle(job(7, 1));
            return List.of();
        });

        audit.run(NODE);
        assertThat(book.isLost(7)).isFalse();
    }

    private void assertGivenBack(List<HeldJob> expected, Long... whole) {
        assertThat(jobs).isEqualTo(expected);
        assertThat(claims).containsExactlyInAnyOrder(whole);
    }
}
