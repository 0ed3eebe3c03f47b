package io.pgjobq.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.internal.store.LanePosition;
import org.junit.jupiter.api.Test;

class SchemaFilesTests {

    @Test
    void fragmentsArePutInWithoutTheirCommentsAndWithThoseThatTheyName() {
        assertThat(SchemaFiles.expand("language plpgsql\n${along_indexes}\nas $$"))
                .startsWith("language plpgsql\nset search_path = pg_catalog, pg_temp\nset enable_seqscan = off\n")
                .endsWith("\nas $$")
                .doesNotContain("--");
    }

    @Test
    void whatStandsInBracketsIsPutIntoAFragment() {
        assertThat(SchemaFiles.expand("where ${ready_in_lane(q.id, lane, 0)} limit 1"))
                .startsWith("where j.queue_id = q.id and j.lane = lane and j.seq >= 0")
                .contains("where c.queue_id = q.id and c.lane = lane and c.max_seq >= 0) limit 1");
    }

    @Test
    void theSchemasNameStaysForWhoeverAppliesTheFile() {
        assertThat(SchemaFiles.expand("${schema}.job")).isEqualTo("${schema}.job");
    }

    @Test
    void aFragmentThatDoesNotExistIsRefusedByItsName() {
        assertThatThrownBy(() -> SchemaFiles.expand("${along_indices}"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no schema file fragments/along_indices.sql");
    }

    @Test
    void theLaneOfQuarantineIsTheOneThatNodesAskFor() {
        assertThat(SchemaFiles.expand("${quarantine_lane}")).isEqualTo(String.valueOf(LanePosition.QUARANTINE));
    }
}
