package io.pgjobq.test;

/** A server that somebody else runs; only the databases made on it are removed. */
record GivenServer(ServerAddress address) implements PostgresServer {

    @Override
    public void close() {}
}
