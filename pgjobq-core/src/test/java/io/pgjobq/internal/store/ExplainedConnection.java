package io.pgjobq.internal.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgjobq.test.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** One connection that lives as long as a pool's may, on which the server tells of each statement how it ran it. */
final class ExplainedConnection extends AbstractDataSource implements DataSource, AutoCloseable {

    private static final List<String> SETTINGS = List.of(
            "load 'auto_explain'",
            "set auto_explain.log_min_duration = 0",
            "set auto_explain.log_analyze = on",
            "set auto_explain.log_timing = off",
            "set auto_explain.log_buffers = on",
            "set auto_explain.log_nested_statements = on",
            "set auto_explain.log_format = json",
            "set auto_explain.log_level = notice");

    private final Connection connection;
    private final List<Plan> plans = new ArrayList<>();

    private ExplainedConnection(Connection connection) {
        this.connection = connection;
    }

    static ExplainedConnection openOn(TestDatabase server) throws SQLException {
        assumeTrue(
                Boolean.TRUE.equals(
                        server.queryOne("select usesuper from pg_user where usename = user", Boolean.class)),
                "loading auto_explain takes a superuser: name one in -Dpgjobq.test.jdbc-url");
        Connection connection = server.open();
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                statement.execute(setting);
            }
        }
        return new ExplainedConnection(connection);
    }

    /** The plans since the last call; the statement that was sent comes last, after those in the functions. */
    List<Plan> take() {
        List<Plan> taken = List.copyOf(plans);
        plans.clear();
        return taken;
    }

    @Override
    public Connection getConnection() {
        return proxy(Connection.class, (proxy, method, args) -> switch (method.getName()) {
            case "close" -> null;
            case "prepareStatement" -> heard((PreparedStatement) call(connection, method, args));
            default -> call(connection, method, args);
        });
    }

    @Override
    public Connection getConnection(String username, String password) {
        return getConnection();
    }

    private PreparedStatement heard(PreparedStatement statement) {
        return proxy(PreparedStatement.class, (proxy, method, args) -> {
            if (method.getName().equals("close")) {
                hear(statement.getWarnings());
            }
            return call(statement, method, args);
        });
    }

    private void hear(SQLWarning first) {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            String message = warning.getMessage();
            if (message.contains("plan:")) {
                plans.add(Plan.parse(message.substring(message.indexOf('{'))));
            }
        }
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(ExplainedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException ex) {
            throw ex.getCause();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
