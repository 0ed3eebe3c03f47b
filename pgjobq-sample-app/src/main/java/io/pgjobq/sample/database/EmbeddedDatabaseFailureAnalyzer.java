package io.pgjobq.sample.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do when the embedded PostgreSQL can't be started. */
class EmbeddedDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<EmbeddedDatabaseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedDatabaseException cause) {
        String description = "The embedded PostgreSQL could not be started: " + cause.getMessage();
        String given = "give a PostgreSQL of yours with --spring.datasource.url=jdbc:postgresql://host/database "
                + "--spring.datasource.username=… --spring.datasource.password=…";
        if (description.contains("cannot be run as root")) {
            return new FailureAnalysis(
                    description,
                    "PostgreSQL refuses to run as root, and the 'unshare' command that gets around it is not usable "
                            + "here. Start the sample as another user, or " + given + ".",
                    cause);
        }
        return new FailureAnalysis(
                description,
                "Check that " + cause.home() + " belongs to you and has space left, choose another directory with "
                        + "--sample.data-directory=…, or " + given + ".",
                cause);
    }
}
