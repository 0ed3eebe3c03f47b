package io.pgjobq.sample.signup;

/** What the handler returns, and the sender is told: the file in the outbox. */
public record Receipt(String file) {}
