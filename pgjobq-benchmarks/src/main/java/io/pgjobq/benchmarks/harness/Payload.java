package io.pgjobq.benchmarks.harness;

/** A payload is text of the wanted length that begins with the number of its job. */
public final class Payload {

    /** The usual length, in characters. */
    public static final int USUAL = 140;

    private static final int DIGITS = 9;

    private Payload() {}

    /** Returns the payload of the job with the number. */
    public static String of(int job, int length) {
        StringBuilder text = new StringBuilder(length).append(job);
        text.insert(0, "0".repeat(DIGITS - text.length()));
        while (text.length() < length) {
            text.append((char) ('a' + (text.length() * 7 + job) % 26));
        }
        return text.toString();
    }

    /** Returns the number of the job with the payload. */
    public static int job(CharSequence payload) {
        return Integer.parseInt(payload, 0, DIGITS, 10);
    }
}
