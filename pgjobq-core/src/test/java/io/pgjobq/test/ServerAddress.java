package io.pgjobq.test;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How to reach the databases of a server.
 *
 * @param base the URL up to the name of the database
 * @param maintenanceDatabase the database in which others are created and dropped
 * @param parameters the parameters of the URL with their {@code ?}, without credentials, or empty
 */
record ServerAddress(String base, String maintenanceDatabase, String parameters, String username, String password) {

    private static final Pattern URL = Pattern.compile("(jdbc:postgresql:)(//[^/?]*)?/?([^?]*)(?:\\?(.*))?");

    static ServerAddress parse(String jdbcUrl) {
        Matcher url = URL.matcher(jdbcUrl);
        if (!url.matches()) {
            throw new IllegalArgumentException("not a PostgreSQL JDBC URL: '" + jdbcUrl + "'");
        }
        String host = url.group(2) == null ? "" : url.group(2) + "/";
        String database = url.group(3).isEmpty() ? "postgres" : url.group(3);
        String[] parameters =
                url.group(4) == null ? new String[0] : url.group(4).split("&");
        String others = Arrays.stream(parameters)
                .filter(parameter -> !parameter.isEmpty())
                .filter(parameter -> !parameter.startsWith("user=") && !parameter.startsWith("password="))
                .collect(Collectors.joining("&"));
        return new ServerAddress(
                url.group(1) + host,
                database,
                others.isEmpty() ? "" : "?" + others,
                parameter(parameters, "user", System.getProperty("user.name")),
                parameter(parameters, "password", ""));
    }

    ServerAddress as(String user, String secret) {
        return new ServerAddress(base, maintenanceDatabase, parameters, user, secret);
    }

    /** The same databases on another host and port. */
    ServerAddress through(String host, int port) {
        return new ServerAddress(
                "jdbc:postgresql://" + host + ":" + port + "/", maintenanceDatabase, parameters, username, password);
    }

    /** With one more parameter. */
    ServerAddress with(String parameter) {
        return new ServerAddress(
                base,
                maintenanceDatabase,
                parameters + (parameters.isEmpty() ? "?" : "&") + parameter,
                username,
                password);
    }

    String urlOf(String database) {
        return base + database + parameters;
    }

    String maintenanceUrl() {
        return urlOf(maintenanceDatabase);
    }

    private static String parameter(String[] parameters, String name, String fallback) {
        return Arrays.stream(parameters)
                .filter(parameter -> parameter.startsWith(name + "="))
                .map(parameter -> URLDecoder.decode(parameter.substring(name.length() + 1), StandardCharsets.UTF_8))
                .findFirst()
                .orElse(fallback);
    }
}
