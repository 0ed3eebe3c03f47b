package io.pgjobq.sample.signup;

import io.pgjobq.sample.SampleProperties;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SignUpConfiguration {

    /** Faults at random, as often as {@code sample.failure-rate} says. */
    @Bean
    DeliveryFaults deliveryFaults(SampleProperties sample) {
        return (email, job) -> ThreadLocalRandom.current().nextDouble() < sample.failureRate();
    }
}
