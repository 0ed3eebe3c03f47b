package io.pgjobq.sample.signup;

import io.pgjobq.JobContext;

/** Decides which deliveries fail. Tests bring their own, so that they know what happens. */
@FunctionalInterface
interface DeliveryFaults {

    boolean strikes(WelcomeEmail email, JobContext job);
}
