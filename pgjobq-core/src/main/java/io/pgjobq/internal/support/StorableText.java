package io.pgjobq.internal.support;

import java.nio.charset.StandardCharsets;

/** What PostgreSQL's text can hold: neither NUL nor what is no Unicode. */
public final class StorableText {

    private StorableText() {}

    public static boolean isStorable(String text) {
        return text.indexOf('\0') < 0
                && text.codePoints()
                        .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    /** Replaces what can't be stored, and cuts off what is longer. */
    public static String of(String text, int longest) {
        String trimmed = text.length() <= longest ? text : text.substring(0, longest) + " …";
        String whole = new String(trimmed.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return whole.replace('\0', '\uFFFD');
    }
}
