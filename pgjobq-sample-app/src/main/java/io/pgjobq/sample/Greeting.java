package io.pgjobq.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Tells whoever started the sample where to look. */
@Component
class Greeting {

    private static final Logger LOG = LoggerFactory.getLogger(Greeting.class);

    @EventListener
    void ready(ApplicationReadyEvent event) {
        LOG.info(
                "Open http://localhost:{} in a browser",
                event.getApplicationContext().getEnvironment().getProperty("local.server.port"));
    }
}
