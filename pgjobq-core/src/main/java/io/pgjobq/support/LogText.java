package io.pgjobq.support;

import java.util.regex.Pattern;

/** What may be logged of a failure: drivers repeat the URL that they could not use, with the password that is in it. */
public final class LogText {

    private static final Pattern PASSWORD = Pattern.compile("(?i)(password\\s*=)[^&;\\s]*");

    private LogText() {}

    /** Returns the failure's class and message. */
    public static String of(Throwable failure) {
        return masked(failure.toString());
    }

    /** Returns the text without passwords of URLs. */
    public static String masked(String text) {
        return PASSWORD.matcher(text).replaceAll("$1…");
    }
}
