package io.pgjobq;

/**
 * An option has a value that makes no sense. Whoever reads options from somewhere else can say where it stands: the option's
 * name, the value and the rule are there one by one.
 */
@SuppressWarnings("serial")
public final class InvalidOptionException extends IllegalArgumentException {

    private final String option;
    private final String rule;
    private final String value;

    /**
     * Says which option breaks which rule.
     *
     * @param option its name, in lower case with hyphens, and with a point before that of a part: {@code retry.max-delay}
     * @param value the value that was given
     * @param rule what the value must be, such as {@code must be from 1 to 100}
     */
    public InvalidOptionException(String option, Object value, String rule) {
        super(option + " " + rule + ", but is " + quoted(value));
        this.option = option;
        this.rule = rule;
        this.value = quoted(value);
    }

    private static String quoted(Object value) {
        return value instanceof String ? "'" + value + "'" : String.valueOf(value);
    }

    /** Returns the option's name. */
    public String option() {
        return option;
    }

    /** Returns what the value must be. */
    public String rule() {
        return rule;
    }

    /** Returns the value, in quotes if it is text. */
    public String value() {
        return value;
    }

    static int range(String option, int value, int least, int most) {
        check(value >= least && value <= most, option, value, "must be from " + least + " to " + most);
        return value;
    }

    static void check(boolean valid, String option, Object value, String rule) {
        if (!valid) {
            throw new InvalidOptionException(option, value, rule);
        }
    }
}
