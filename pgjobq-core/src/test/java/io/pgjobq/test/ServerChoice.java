package io.pgjobq.test;

import java.util.Optional;
import java.util.function.Function;

/**
 * Which server the tests run on: the one whose URL is given, else a container if Docker answers, else an embedded one.
 *
 * @param jdbcUrl a URL with credentials of a user who may create databases, or empty
 * @param mode {@code docker} or {@code embedded} to insist on one of them, or empty
 * @param major the major version of the container's server; the class path decides that of an embedded one
 */
record ServerChoice(String jdbcUrl, String mode, String major) {

    static final String JDBC_URL = "pgjobq.test.jdbc-url";
    static final String MODE = "pgjobq.test.mode";
    static final String MAJOR = "pgjobq.test.postgres-major";

    /** Reads the choice from the properties named above, which are system properties for JUnit. */
    static ServerChoice from(Function<String, Optional<String>> properties) {
        return new ServerChoice(
                value(properties, JDBC_URL, ""), value(properties, MODE, ""), value(properties, MAJOR, "18"));
    }

    PostgresServer start() {
        if (!jdbcUrl.isEmpty()) {
            return new GivenServer(ServerAddress.parse(jdbcUrl));
        }
        return switch (mode) {
            case "docker" -> DockerServer.start(major);
            case "embedded" -> EmbeddedServer.start();
            case "" -> DockerServer.isAvailable() ? DockerServer.start(major) : EmbeddedServer.start();
            default ->
                throw new IllegalArgumentException(
                        MODE + " must be 'docker', 'embedded' or empty, but is '" + mode + "'");
        };
    }

    private static String value(Function<String, Optional<String>> properties, String name, String fallback) {
        return properties
                .apply(name)
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .orElse(fallback);
    }
}
