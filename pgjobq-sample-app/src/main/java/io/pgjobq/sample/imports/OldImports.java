package io.pgjobq.sample.imports;

import io.pgjobq.JobHandler;
import io.pgjobq.JobSchedule;
import io.pgjobq.Overlap;
import io.pgjobq.sample.SampleProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Forgets imports of long ago, every night, on one of the copies of the sample. */
@Component
class OldImports {

    private static final Logger LOG = LoggerFactory.getLogger(OldImports.class);

    private final ImportRepository imports;
    private final SampleProperties sample;

    OldImports(ImportRepository imports, SampleProperties sample) {
        this.imports = imports;
        this.sample = sample;
    }

    @JobHandler(value = "imports", timeLimit = "5m")
    @JobSchedule(name = "old-imports", cron = "0 30 3 * * *", zone = "${sample.zone}", overlap = Overlap.SKIP)
    @Transactional
    void forget() {
        int forgotten = imports.deleteOlderThan(sample.keepImports());
        LOG.info(
                "forgot {} imports that were older than {} days",
                forgotten,
                sample.keepImports().toDays());
    }
}
