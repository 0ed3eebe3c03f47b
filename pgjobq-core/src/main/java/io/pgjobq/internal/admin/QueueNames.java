package io.pgjobq.internal.admin;

import java.util.regex.Pattern;

/** What queues may be called. */
public final class QueueNames {

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}");

    private QueueNames() {}

    public static String valid(String name) {
        if (!VALID.matcher(name).matches()) {
            throw new IllegalArgumentException("queue name '" + name + "' is not valid: it must be 1 to 100 letters,"
                    + " digits, '.', '_', '-', ':' or '/', and start with a letter or digit");
        }
        return name;
    }
}
