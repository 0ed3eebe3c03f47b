package io.pgjobq.internal.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.internal.store.ListStore.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cursor leads on with the query that it comes from, and with no other. */
class CursorTests {

    private static final JobQuery QUERY =
            JobQuery.of(JobFilter.queue("mails").attribute("b", "1").attribute("a", "2"));

    private static final Position POSITION = new Position(7, 11, Long.MAX_VALUE, -5);

    @Test
    void aCursorComesBackAsItWas() {
        String cursor = Cursor.write(QUERY, POSITION);

        assertThat(cursor).matches("[A-Za-z0-9_-]+");
        assertThat(Cursor.read(QUERY, cursor)).isEqualTo(POSITION);
        assertThat(Cursor.read(QUERY.pageSize(7).after(cursor), cursor)).isEqualTo(POSITION);
        JobQuery same = JobQuery.of(JobFilter.queue("mails").attribute("a", "2").attribute("b", "1"));
        assertThat(Cursor.read(same, cursor)).isEqualTo(POSITION);
    }

    /** It stands behind the last lane that the newest first come from. */
    @Test
    void aPlaceBehindAllLanesComesBackToo() {
        Position behind = new Position(7, -1, Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(Cursor.read(QUERY, Cursor.write(QUERY, behind))).isEqualTo(behind);
    }

    @Test
    void aCursorOfAnotherQueryIsRefused() {
        String cursor = Cursor.write(QUERY, POSITION);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cursor.read(QUERY.states(JobState.DEAD), cursor))
                .withMessageContaining("the cursor '" + cursor + "' is not one that a page of jobs of queue 'mails'")
                .withMessageContaining("states [DEAD], newest first returned; take JobPage.next of the same query");
        assertThatIllegalArgumentException().isThrownBy(() -> Cursor.read(QUERY.oldestFirst(), cursor));
        JobQuery later = JobQuery.of(QUERY.filter().sentFrom(Instant.EPOCH));
        assertThatIllegalArgumentException().isThrownBy(() -> Cursor.read(later, cursor));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?",
                "abc",
                "'; drop table job",
                "1:1:1:1:1:1",
                "1:99999999999:1:1:1:1",
                "1:9999999999:1:1:1:1",
                "1:1:1:9999999999999999999:1:1",
                "2:7:11:1:1:1"
            })
    void whatIsNoCursorIsRefused(String text) {
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        assertThatIllegalArgumentException().isThrownBy(() -> Cursor.read(QUERY, text));
        assertThatIllegalArgumentException().isThrownBy(() -> Cursor.read(QUERY, encoded));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cursor.read(QUERY, encoded.repeat(1_000) + "\n\0"))
                .satisfies(ex -> assertThat(ex.getMessage()).hasSizeLessThan(500));
    }
}
