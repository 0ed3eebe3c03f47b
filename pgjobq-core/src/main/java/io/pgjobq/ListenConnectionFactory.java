package io.pgjobq;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens the connection on which a node listens, outside any pool, straight to the server. With {@link PromptSockets} as its
 * {@code socketFactory} jobs of other processes start a millisecond earlier.
 */
@FunctionalInterface
public interface ListenConnectionFactory {

    /** Opens a new connection, which the caller closes. */
    Connection open() throws SQLException;
}
