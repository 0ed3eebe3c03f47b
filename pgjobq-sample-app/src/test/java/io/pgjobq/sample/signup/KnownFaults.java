package io.pgjobq.sample.signup;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** Lets deliveries fail where a test wants them to: the first one to each address that begins with {@code flaky}. */
@TestConfiguration(proxyBeanMethods = false)
public class KnownFaults {

    @Bean
    @Primary
    DeliveryFaults knownFaults() {
        return (email, job) -> email.email().startsWith("flaky") && job.attempt() == 1;
    }
}
