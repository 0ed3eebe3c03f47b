package io.pgjobq.internal.support;

/** What can be stored as the logical type of a job. */
public final class StorableType {

    /** As many characters as the column holds. */
    public static final int LONGEST = 200;

    private StorableType() {}

    /**
     * Returns the type.
     *
     * @throws IllegalArgumentException if it can't be stored, or is empty
     */
    public static String checked(String type) {
        if (type.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "type must be 1 to " + LONGEST + " characters, but has " + type.length());
        }
        if (type.isEmpty()) {
            throw new IllegalArgumentException("type must be 1 to " + LONGEST + " characters, but is empty");
        }
        if (!StorableText.isStorable(type)) {
            throw new IllegalArgumentException(
                    "type must not hold a NUL character or half a surrogate pair, but is '" + LogText.line(type) + "'");
        }
        return type;
    }
}
