package io.pgjobq.migration;

import io.pgjobq.TooFewConnectionsException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says how many connections the pool has to have, or how to go without the migration. */
final class TooFewConnectionsFailureAnalyzer extends AbstractFailureAnalyzer<TooFewConnectionsException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TooFewConnectionsException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Let the pool have three connections or more (spring.datasource.hikari.maximum-pool-size), "
                        + "or migrate elsewhere and set pgjobq.migration.enabled=false.",
                cause);
    }
}
