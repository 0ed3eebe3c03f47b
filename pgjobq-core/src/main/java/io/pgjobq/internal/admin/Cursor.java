package io.pgjobq.internal.admin;

import io.pgjobq.JobQuery;
import io.pgjobq.internal.store.ListStore.Position;
import io.pgjobq.internal.support.LogText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A position in a list as text, which means nothing to callers. It bears a checksum, its query's included. */
final class Cursor {

    private static final Pattern TEXT =
            Pattern.compile("1:(\\d{1,10}):(-?\\d{1,2}):(-?\\d{1,19}):(-?\\d{1,19}):(\\d{1,10})");

    private static final int LONGEST_SHOWN = 100;

    private Cursor() {}

    static String write(JobQuery query, Position position) {
        String text = text(position);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((text + checksum(query, text)).getBytes(StandardCharsets.UTF_8));
    }

    /** Reads what {@link #write} made for a query of the same kind. */
    static Position read(JobQuery query, String cursor) {
        try {
            Matcher numbers = TEXT.matcher(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
            if (numbers.matches()) {
                Position position = new Position(
                        Integer.parseInt(numbers.group(1)),
                        Integer.parseInt(numbers.group(2)),
                        Long.parseLong(numbers.group(3)),
                        Long.parseLong(numbers.group(4)));
                if (Long.parseLong(numbers.group(5)) == checksum(query, text(position))) {
                    return position;
                }
            }
        } catch (IllegalArgumentException ex) {
            throw invalid(query, cursor, ex);
        }
        throw invalid(query, cursor, null);
    }

    private static String text(Position position) {
        return "1:" + position.queue() + ":" + position.lane() + ":" + position.at() + ":" + position.id() + ":";
    }

    private static long checksum(JobQuery query, String text) {
        CRC32 sum = new CRC32();
        sum.update((query + text).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }

    private static IllegalArgumentException invalid(JobQuery query, String cursor, @Nullable Exception cause) {
        String shown = cursor.length() <= LONGEST_SHOWN ? cursor : cursor.substring(0, LONGEST_SHOWN) + " …";
        return new IllegalArgumentException(
                "the cursor '" + LogText.line(shown) + "' is not one that a page of jobs of "
                        + LogText.line(query.toString())
                        + " returned; take JobPage.next of the same query, or none to begin anew",
                cause);
    }
}
