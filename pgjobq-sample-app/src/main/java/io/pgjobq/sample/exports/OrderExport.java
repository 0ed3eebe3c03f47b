package io.pgjobq.sample.exports;

/**
 * The job: all orders are to be written into a file.
 *
 * @param askedFor which copy of the sample was asked for it
 */
public record OrderExport(String askedFor) {}
