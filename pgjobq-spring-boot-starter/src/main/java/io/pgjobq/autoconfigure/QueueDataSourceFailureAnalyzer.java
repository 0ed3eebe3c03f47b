package io.pgjobq.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Lists the candidates and says how to choose. */
final class QueueDataSourceFailureAnalyzer extends AbstractFailureAnalyzer<QueueDataSourceException> {

    private static final String ADD =
            "Set spring.datasource.url to a PostgreSQL database, or define a DataSource bean. "
                    + "To go without pgjobq set pgjobq.enabled=false.";
    private static final String CHOOSE = "Annotate exactly one of these @Bean methods with @PgJobqDataSource, "
            + "or make one @Primary. To go without pgjobq set pgjobq.enabled=false.";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, QueueDataSourceException cause) {
        return new FailureAnalysis(cause.getMessage() + ".", cause.candidates().isEmpty() ? ADD : CHOOSE, cause);
    }
}
