package io.pgjobq.migration;

import io.pgjobq.SchemaVersionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which version is there, which is needed, and how to get it. */
final class SchemaVersionFailureAnalyzer extends AbstractFailureAnalyzer<SchemaVersionException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SchemaVersionException cause) {
        return new FailureAnalysis(
                "pgjobq's tables are not what this release needs: " + cause.getMessage() + ".",
                "Set pgjobq.migration.enabled=true, or apply the script that SchemaScript.forSchema(\"" + cause.schema()
                        + "\") in pgjobq-core returns. If they are elsewhere, correct pgjobq.schema or "
                        + "spring.datasource.url.",
                cause);
    }
}
