package io.pgjobq;

import java.time.Duration;

/**
 * What of a node does not work, although its database may answer.
 *
 * @param activity what it was about to do
 * @param since for how long it has failed
 * @param cause what it fails with, as far as it may be told
 */
public record NodeProblem(String activity, Duration since, String cause) {}
