package io.pgjobq.migration;

import io.pgjobq.internal.schema.MigrationRefusedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says how to migrate as somebody else, or somewhere else. */
final class MigrationRefusedFailureAnalyzer extends AbstractFailureAnalyzer<MigrationRefusedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MigrationRefusedException cause) {
        return new FailureAnalysis(
                cause.getMessage() + ".",
                "Correct spring.datasource.url, username and password so that they lead to a primary as a role that may "
                        + "create the schema, or let another application migrate and set pgjobq.migration.enabled=false. "
                        + "docs/security.md tells which roles there are.",
                cause);
    }
}
