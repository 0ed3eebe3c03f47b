package io.pgjobq.reliability.harness;

import java.nio.file.Path;

/** How long scenarios are to take, and where they leave what they found; given as system properties. */
public enum Form {

    /** Minutes for all of them together. */
    SHORT,

    /** What the figures in the documentation come from. */
    LONG;

    /** The form of this run. */
    public static final Form CURRENT = "long".equals(System.getProperty("reliability.form")) ? LONG : SHORT;

    /** Where logs, rows, plots and servers go. */
    public static final Path OUTPUT = Path.of(System.getProperty("reliability.output", "target/reliability"))
            .toAbsolutePath();

    /** Picks what fits the form of this run. */
    public static <T> T pick(T inShort, T inLong) {
        return CURRENT == LONG ? inLong : inShort;
    }
}
