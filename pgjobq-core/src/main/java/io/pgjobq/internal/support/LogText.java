package io.pgjobq.internal.support;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What may be logged of a text that others wrote. Drivers repeat the URL that they could not use, with the password that is in
 * it; and a name or message with line breaks or control characters would look like lines of the log, or act on a terminal.
 */
public final class LogText {

    private static final Pattern PASSWORD = Pattern.compile("(?i)(password\\s*=)[^&;\\s]*");

    /** Control characters, line separators, halves of surrogate pairs, and what is invisible or turns the direction. */
    private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

    private static final int MOST_NAMES = 10;

    private LogText() {}

    /** Returns the failure's class and message, on one line. */
    public static String of(Throwable failure) {
        try {
            return line(failure.toString());
        } catch (RuntimeException | Error ex) {
            return failure.getClass().getName();
        }
    }

    /** Returns the text on one line, without passwords of URLs. */
    public static String line(String text) {
        Matcher unfit = UNFIT.matcher(masked(text));
        return unfit.replaceAll(
                match -> Matcher.quoteReplacement(escape(match.group().codePointAt(0))));
    }

    /** Returns the first ten of many names, and how many more there are. */
    public static String some(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return names.size() <= MOST_NAMES ? first : first + " and " + (names.size() - MOST_NAMES) + " more";
    }

    /** Returns the text without passwords of URLs. */
    public static String masked(String text) {
        return PASSWORD.matcher(text).replaceAll("$1…");
    }

    private static String escape(int unfit) {
        return switch (unfit) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format("\\u%04x", unfit);
        };
    }
}
