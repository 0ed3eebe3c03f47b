package io.pgjobq.benchmarks.report;

import java.util.Locale;

/** How numbers are written. */
enum Format {
    /** A part of something, in per cent. */
    SHARE("%,.0f %%", 100),
    /** A multiple of something. */
    TIMES("%,.2f ×", 1),
    /** Bytes. */
    BYTES("%,.0f B", 1),
    /** Milliseconds. */
    MILLIS("%,.2f ms", 1),
    /** A number with its fraction. */
    PLAIN("%,.2f", 1),
    /** A number without a fraction. */
    WHOLE("%,.0f", 1);

    private final String pattern;
    private final double factor;

    Format(String pattern, double factor) {
        this.pattern = pattern;
        this.factor = factor;
    }

    /** Writes a number; a dash if it is none. */
    String of(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, pattern, value * factor) : "–";
    }

    /** Writes the median, and the least and the greatest if there are several. */
    String of(Spread spread) {
        String median = of(spread.median());
        return spread.rounds() == 1
                ? median
                : median + " (" + of(spread.least()) + " to " + of(spread.greatest()) + ")";
    }
}
