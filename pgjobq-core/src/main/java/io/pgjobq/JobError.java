package io.pgjobq;

import java.time.Instant;

/**
 * Why an attempt failed.
 *
 * @param attempt which attempt, from 1
 * @param failedAt when, by the database's clock
 * @param type the exception's class name, or {@code lost} if the process died
 * @param message the exception's message, empty if it has none
 * @param stack the trimmed stack trace, empty if there is none
 */
public record JobError(int attempt, Instant failedAt, String type, String message, String stack) {}
