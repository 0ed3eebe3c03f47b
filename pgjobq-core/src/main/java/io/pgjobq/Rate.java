package io.pgjobq;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many in what time: written as {@code 600/1m}.
 *
 * @param count how many, from 1 to 1,000,000
 * @param period in what time, from 1 second to 1 day
 */
public record Rate(int count, Duration period) {

    private static final int MOST = 1_000_000;

    private static final Pattern TEXT = Pattern.compile("(\\d{1,7})/(\\d{0,5})([smhd])");

    /** Checks both. */
    public Rate {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("the count of a rate must be from 1 to " + MOST + ", but is " + count);
        }
        if (period.compareTo(Duration.ofSeconds(1)) < 0 || period.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("the period of a rate must be from 1 second to 1 day, but is " + period);
        }
    }

    /** Returns a rate of so many each second. */
    public static Rate perSecond(int count) {
        return new Rate(count, Duration.ofSeconds(1));
    }

    /** Returns a rate of so many each minute. */
    public static Rate perMinute(int count) {
        return new Rate(count, Duration.ofMinutes(1));
    }

    /**
     * Reads a rate such as {@code 600/1m} or {@code 10/s}: a number, and a time in {@code s}, {@code m}, {@code h} or {@code d}.
     *
     * @throws IllegalArgumentException if the text is none, or a value is not in its range
     */
    public static Rate valueOf(String text) {
        Matcher parts = TEXT.matcher(text.replace(" ", ""));
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a rate must be a number and a time, such as 600/1m, but is '" + text + "'");
        }
        long length = parts.group(2).isEmpty() ? 1 : Long.parseLong(parts.group(2));
        return new Rate(Integer.parseInt(parts.group(1)), Duration.of(length, unit(parts.group(3))));
    }

    private static ChronoUnit unit(String letter) {
        return switch (letter) {
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            default -> ChronoUnit.DAYS;
        };
    }

    /** Returns the rate as {@link #valueOf} reads it, if its period is one of whole seconds. */
    @Override
    public String toString() {
        long seconds = period.toSeconds();
        return count + "/" + (seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s");
    }
}
