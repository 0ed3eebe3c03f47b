package io.pgjobq.migration;

import io.pgjobq.schema.SchemaVersionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which version is there, which is needed, and how to get it. */
final class SchemaVersionFailureAnalyzer extends AbstractFailureAnalyzer<SchemaVersionException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SchemaVersionException cause) {
        return new FailureAnalysis(
                description(cause),
                "Set pgjobq.migration.enabled=true, or run the change log io/pgjobq/schema/changelog.yaml of "
                        + "pgjobq-core with Liquibase on schema '" + cause.schema() + "'.",
                cause);
    }

    private static String description(SchemaVersionException cause) {
        String needed = "this pgjobq needs version " + cause.required() + ".";
        return cause.found() == 0
                ? "Schema '" + cause.schema() + "' has no pgjobq tables; " + needed
                : "Schema '" + cause.schema() + "' has version " + cause.found() + " of pgjobq's tables; " + needed;
    }
}
