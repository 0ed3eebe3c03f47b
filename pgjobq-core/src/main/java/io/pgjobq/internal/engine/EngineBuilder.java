package io.pgjobq.internal.engine;

import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobInterceptor;
import io.pgjobq.JobListener;
import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.NodeMonitor;
import io.pgjobq.NodeOptions;
import io.pgjobq.PayloadConverter;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueDeclarations;
import io.pgjobq.internal.database.TransactionEnds;
import io.pgjobq.internal.notify.DerivedConnections;
import io.pgjobq.internal.notify.DerivedConnections.Instead;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;

/** What a node is built of. Made by the service loader. Used by one thread. */
public final class EngineBuilder implements PgJobQ.Builder {

    NodeOptions options = NodeOptions.DEFAULT;
    PayloadConverter converter = new JacksonPayloadConverter();
    QueueDeclarations declarations = queue -> null;
    Iterable<? extends JobInterceptor> interceptors = List.of();
    Iterable<? extends JobListener> listeners = List.of();
    Iterable<? extends NodeMonitor> monitors = List.of();
    Iterable<? extends PayloadUpgrade> upgrades = List.of();
    boolean migrate = true;
    boolean workerNode = true;
    private @Nullable DataSource dataSource;

    private Supplier<@Nullable ListenConnectionFactory> listenConnections = () -> DerivedConnections.orPollOnly(
            dataSource(), Instead.OF_NOTHING, "give the builder listenConnections, null to only poll");

    /** Called by the service loader. */
    public EngineBuilder() {}

    DataSource dataSource() {
        return Objects.requireNonNull(dataSource, "dataSource");
    }

    @Nullable
    ListenConnectionFactory listenConnections() {
        return listenConnections.get();
    }

    @Override
    public EngineBuilder dataSource(DataSource newDataSource) {
        this.dataSource = newDataSource;
        return this;
    }

    @Override
    public EngineBuilder options(NodeOptions newOptions) {
        this.options = newOptions;
        return this;
    }

    @Override
    public EngineBuilder converter(PayloadConverter newConverter) {
        this.converter = newConverter;
        return this;
    }

    @Override
    public EngineBuilder listenConnections(@Nullable ListenConnectionFactory factory) {
        this.listenConnections = () -> factory;
        return this;
    }

    @Override
    public EngineBuilder queueDeclarations(QueueDeclarations newDeclarations) {
        this.declarations = newDeclarations;
        return this;
    }

    @Override
    public EngineBuilder interceptors(Iterable<? extends JobInterceptor> newInterceptors) {
        this.interceptors = newInterceptors;
        return this;
    }

    @Override
    public EngineBuilder listeners(Iterable<? extends JobListener> newListeners) {
        this.listeners = newListeners;
        return this;
    }

    @Override
    public EngineBuilder monitors(Iterable<? extends NodeMonitor> newMonitors) {
        this.monitors = newMonitors;
        return this;
    }

    @Override
    public EngineBuilder upgrades(Iterable<? extends PayloadUpgrade> newUpgrades) {
        this.upgrades = newUpgrades;
        return this;
    }

    @Override
    public EngineBuilder migrate(boolean newMigrate) {
        this.migrate = newMigrate;
        return this;
    }

    @Override
    public EngineBuilder workerNode(boolean newWorkerNode) {
        this.workerNode = newWorkerNode;
        return this;
    }

    @Override
    public EngineBuilder transactionManager(ConfigurableTransactionManager manager) {
        TransactionEnds.toldBy(manager);
        return this;
    }

    @Override
    public PgJobQ build() {
        return new Engine(this);
    }
}
