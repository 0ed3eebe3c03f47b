package io.pgjobq.migration;

import io.pgjobq.UnsupportedDatabaseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which databases will do. */
final class UnsupportedDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedDatabaseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedDatabaseException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Use PostgreSQL 14 or later. If the application has another DataSource on one, mark that with "
                        + "@PgJobqDataSource. To go without pgjobq set pgjobq.enabled=false.",
                cause);
    }
}
