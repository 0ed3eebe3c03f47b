package io.pgjobq.benchmarks.harness;

/** A payload is text of the wanted length that begins with the number of its job; the rest can't be compressed much. */
public final class Payload {

    /** The usual length, in characters. */
    public static final int USUAL = 140;

    private static final int DIGITS = 9;

    /** As many as six bits can choose from, none of which JSON would escape. */
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    private Payload() {}

    /** Returns the payload of the job with the number. */
    public static String of(int job, int length) {
        StringBuilder text = new StringBuilder(length).append(job);
        text.insert(0, "0".repeat(DIGITS - text.length()));
        int random = job;
        while (text.length() < length) {
            random = random * 1_664_525 + 1_013_904_223;
            text.append(LETTERS.charAt(random >>> 26));
        }
        return text.toString();
    }

    /** Returns the number of the job with the payload. */
    public static int job(CharSequence payload) {
        return Integer.parseInt(payload, 0, DIGITS, 10);
    }
}
