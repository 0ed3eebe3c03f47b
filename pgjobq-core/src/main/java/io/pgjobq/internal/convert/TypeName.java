package io.pgjobq.internal.convert;

/**
 * A logical type and the version of its payloads. Version 1 is stored as the plain name, version 2 of {@code order} as
 * {@code order@2}: so a node that knows less does not ask for it.
 *
 * @param name what people call it
 * @param version from 1 to {@value #LATEST}
 */
public record TypeName(String name, int version) {

    /** The highest version. */
    public static final int LATEST = 999;

    /** Reads what is stored. Anything but {@code @} and a number from 2 to {@value #LATEST} at the end belongs to the name. */
    public static TypeName parse(String stored) {
        int at = stored.lastIndexOf('@');
        int digits = stored.length() - at - 1;
        if (at < 0 || digits < 1 || digits > 3) {
            return new TypeName(stored, 1);
        }
        int version = 0;
        for (int i = at + 1; i < stored.length(); i++) {
            char digit = stored.charAt(i);
            if (digit < '0' || digit > '9' || (digit == '0' && i == at + 1)) {
                return new TypeName(stored, 1);
            }
            version = version * 10 + digit - '0';
        }
        return version == 1 ? new TypeName(stored, 1) : new TypeName(stored.substring(0, at), version);
    }

    /** Returns what is stored. */
    public String stored() {
        return version == 1 ? name : name + "@" + version;
    }
}
