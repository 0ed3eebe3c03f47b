package io.pgjobq.benchmarks.systems;

import io.pgjobq.JobHandler;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Payload;
import io.pgjobq.benchmarks.systems.PgJobQSystem.Letter;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** Handlers that insert a row for each of their jobs, in the transaction that completes them. */
final class Imports {

    /** How many jobs are imported at once, at most. */
    static final int BATCH = 500;

    private Imports() {}

    /** A bean as a user writes it. */
    static class OneByOne {

        private final Ledger ledger;
        private final JdbcTemplate jdbc;

        OneByOne(Ledger ledger, JdbcTemplate jdbc) {
            this.ledger = ledger;
            this.jdbc = jdbc;
        }

        @Transactional
        @JobHandler(PgJobQSystem.QUEUE)
        public void insert(Letter letter) {
            ledger.started(Payload.job(letter.text()));
            jdbc.update("insert into imported (text) values (?)", letter.text());
        }
    }

    /** The same with many jobs at once. */
    static class InBatches {

        private final Ledger ledger;
        private final JdbcTemplate jdbc;

        InBatches(Ledger ledger, JdbcTemplate jdbc) {
            this.ledger = ledger;
            this.jdbc = jdbc;
        }

        @Transactional
        @JobHandler(value = PgJobQSystem.QUEUE, batchSize = BATCH)
        public void insert(List<Letter> letters) {
            letters.forEach(letter -> ledger.started(Payload.job(letter.text())));
            jdbc.update("insert into imported (text) select unnest(?::text[])", (Object)
                    letters.stream().map(Letter::text).toArray(String[]::new));
        }
    }
}
