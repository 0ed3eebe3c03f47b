package io.pgjobq.internal.settle;

import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.support.StorableText;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Turns what a handler threw into what can be stored: bounded, and without what PostgreSQL's text can't hold. */
public final class Failures {

    private static final int LONGEST_MESSAGE = 2_000;
    private static final int LONGEST_STACK = 4_000;

    private Failures() {}

    public static Failure of(Throwable thrown) {
        return new Failure(thrown.getClass().getName(), message(thrown), stack(thrown));
    }

    /** As a log line names it. */
    public static String summary(Failure failure) {
        return failure.message().isEmpty() ? failure.type() : failure.type() + ": " + failure.message();
    }

    private static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : StorableText.of(message, LONGEST_MESSAGE);
        } catch (Throwable ex) {
            return "(getMessage failed: " + ex.getClass().getName() + ")";
        }
    }

    private static String stack(Throwable thrown) {
        try {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return StorableText.of(trimmed(text.toString()), LONGEST_STACK);
        } catch (Throwable ex) {
            return "";
        }
    }

    /** Keeps the beginning, and of a long trace the root cause too, which comes last and says most. */
    private static String trimmed(String stack) {
        int root = stack.lastIndexOf("Caused by: ");
        if (stack.length() <= LONGEST_STACK || root < LONGEST_STACK / 2) {
            return stack;
        }
        String cause = stack.substring(root, Math.min(stack.length(), root + LONGEST_STACK / 2 - 10));
        return stack.substring(0, LONGEST_STACK / 2) + "\n…\n" + cause;
    }
}
