package io.pgjobq.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** How this node is named where nobody says. */
final class NodeName {

    private NodeName() {}

    static String of(@Nullable String configured, Environment environment) {
        if (StringUtils.hasText(configured)) {
            return configured;
        }
        String application = environment.getProperty("spring.application.name");
        return StringUtils.hasText(application) ? application + "@" + host(environment) : host(environment);
    }

    private static String host(Environment environment) {
        // Set in every container and most shells, and never asks a name server.
        String host = environment.getProperty("HOSTNAME");
        if (StringUtils.hasText(host)) {
            return host;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
