package io.pgjobq.sample.live;

/** Published by whoever changed something that the page shows, so that it is sent at once. */
public record StateChanged() {}
