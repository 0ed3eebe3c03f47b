package io.pgjobq.sample.imports;

/**
 * The job: a line of the file as it stands there.
 *
 * @param importId which import it belongs to
 * @param number the number of the line in the file, from 1
 */
public record OrderLine(long importId, int number, String text) {}
