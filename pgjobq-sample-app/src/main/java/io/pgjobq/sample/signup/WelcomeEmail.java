package io.pgjobq.sample.signup;

/** The job: who is to be welcomed. Stored as JSON, so it holds what the handler needs and no more. */
public record WelcomeEmail(long signUpId, String name, String email) {}
