package io.pgjobq.internal.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A pool on which a statement fails as often as it is told. Thread-safe. */
final class FaultyDataSource extends DelegatingDataSource {

    private final String part;
    private final Supplier<Throwable> failure;
    private final AtomicInteger left = new AtomicInteger();
    private volatile boolean failed;

    /** @param part what the text of the statement contains */
    FaultyDataSource(DataSource pool, String part, Supplier<Throwable> failure) {
        super(pool);
        this.part = part;
        this.failure = failure;
    }

    /** Lets the statement fail so often from now on. */
    void arm(int times) {
        left.set(times);
    }

    /** Returns whether it has failed at all. */
    boolean hasFailed() {
        return failed;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return through(obtainTargetDataSource().getConnection());
    }

    private Connection through(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                FaultyDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")
                            && ((String) arguments[0]).contains(part)
                            && left.getAndDecrement() > 0) {
                        failed = true;
                        throw failure.get();
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException ex) {
                        throw ex.getCause();
                    }
                });
    }
}
