package io.pgjobq.internal.worker;

import org.springframework.dao.DataAccessException;

/** Sees to it that the queue of a container exists. Thread-safe. */
@FunctionalInterface
public interface QueueRegistrar {

    /**
     * Creates the queue, or brings it up to date, and returns its number.
     *
     * @throws DataAccessException if the database can't be reached, or refuses it
     */
    int register(QueueContainer container);
}
