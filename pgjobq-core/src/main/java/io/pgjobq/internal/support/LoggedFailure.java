package io.pgjobq.internal.support;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Stands in a log for a failure whose messages are not fit for one: a logger prints them, causes and all, as they are. */
@SuppressWarnings("serial")
final class LoggedFailure extends RuntimeException {

    private static final int DEEPEST = 50;

    private LoggedFailure(Throwable failure) {
        super(LogText.of(failure));
        setStackTrace(failure.getStackTrace());
    }

    /** Returns the failure itself if all that it says can be logged. */
    static Throwable of(Throwable failure) {
        return isFit(failure, seen(), 0) ? failure : copy(failure, seen(), 0);
    }

    private static Set<Throwable> seen() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static boolean isFit(Throwable failure, Set<Throwable> seen, int depth) {
        if (!seen.add(failure)) {
            return true;
        }
        if (depth == DEEPEST || !saysWhatIsFit(failure)) {
            return false;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (!isFit(suppressed, seen, depth + 1)) {
                return false;
            }
        }
        Throwable cause = failure.getCause();
        return cause == null || isFit(cause, seen, depth + 1);
    }

    private static boolean saysWhatIsFit(Throwable failure) {
        try {
            // Some loggers print what toString returns, and some the message.
            String said = failure.toString() + failure.getMessage();
            return LogText.line(said).equals(said);
        } catch (RuntimeException | Error ex) {
            return false;
        }
    }

    private static Throwable copy(Throwable failure, Set<Throwable> seen, int depth) {
        seen.add(failure);
        LoggedFailure copy = new LoggedFailure(failure);
        for (Throwable suppressed : failure.getSuppressed()) {
            if (depth < DEEPEST && !seen.contains(suppressed)) {
                copy.addSuppressed(copy(suppressed, seen, depth + 1));
            }
        }
        Throwable cause = failure.getCause();
        if (cause != null && depth < DEEPEST && !seen.contains(cause)) {
            copy.initCause(copy(cause, seen, depth + 1));
        }
        return copy;
    }
}
