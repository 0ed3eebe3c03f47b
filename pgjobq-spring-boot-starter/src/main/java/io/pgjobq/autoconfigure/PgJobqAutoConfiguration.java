package io.pgjobq.autoconfigure;

import io.pgjobq.DeadJobs;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobCompletions;
import io.pgjobq.JobInterceptor;
import io.pgjobq.JobListener;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSchedules;
import io.pgjobq.JobSender;
import io.pgjobq.Jobs;
import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.PayloadConverter;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.PgJobQ;
import io.pgjobq.handler.HandledQueues;
import io.pgjobq.handler.JobHandlerLazyInitializationExcludeFilter;
import io.pgjobq.handler.JobHandlers;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.migration.PgJobqMigration;
import io.pgjobq.properties.PgJobqProperties;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

/** Sets up pgjobq on the application's {@code DataSource}, unless {@code pgjobq.enabled} is {@code false}. */
@AutoConfiguration(after = DataSourceAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "pgjobq.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PgJobqProperties.class)
@Import(DatabaseInitializationDependencyConfigurer.class)
@ImportRuntimeHints(PgJobqRuntimeHints.class)
public final class PgJobqAutoConfiguration {

    @Bean
    static JobHandlerLazyInitializationExcludeFilter pgJobqLazyInitializationExcludeFilter() {
        return new JobHandlerLazyInitializationExcludeFilter();
    }

    @Bean
    static TransactionManagers pgJobqTransactionManagers() {
        return new TransactionManagers();
    }

    @Bean
    PgJobqOptions pgJobqOptions(
            PgJobqProperties properties,
            ObjectProvider<QueueOptionsCustomizer> queues,
            ObjectProvider<ContainerOptionsCustomizer> containers,
            Environment environment) {
        return new PgJobqOptions(
                properties,
                new PgJobqOptions.Customizers(
                        queues.orderedStream().toList(),
                        containers.orderedStream().toList()),
                environment);
    }

    // The parameters' names are no bean's: Spring would take one of several by it.
    @Bean
    QueueDataSource pgJobqQueueDataSource(
            @PgJobqDataSource ObjectProvider<DataSource> markedForPgJobq,
            ObjectProvider<DataSource> ofTheApplication,
            ListableBeanFactory beanFactory) {
        return QueueDataSource.choose(markedForPgJobq, ofTheApplication, beanFactory);
    }

    @Bean
    PgJobqMigration pgJobqMigration(QueueDataSource queue, PgJobqOptions options, PgJobqProperties properties) {
        return PgJobqMigration.of(
                new SchemaMigration(queue.dataSource(), options.node().schema()),
                properties.migration().enabled(),
                properties.databaseRequired());
    }

    @Bean
    @ConditionalOnMissingBean(PayloadConverter.class)
    JacksonPayloadConverter pgJobqPayloadConverter(ObjectProvider<JsonMapper> mapper) {
        JsonMapper unique = mapper.getIfUnique();
        return unique == null ? new JacksonPayloadConverter() : new JacksonPayloadConverter(unique);
    }

    // The migration is a parameter so that it has run when somebody sends before the application has started.
    @Bean
    @ConditionalOnMissingBean
    PgJobQ pgJobQ(
            QueueDataSource queue,
            PgJobqMigration migration,
            PgJobqOptions options,
            PgJobqProperties properties,
            PayloadConverter converter,
            ObjectProvider<ListenConnectionFactory> listenConnections,
            ObjectProvider<JobInterceptor> interceptors,
            ObjectProvider<JobListener> listeners,
            ObjectProvider<PayloadUpgrade> upgrades,
            ObjectProvider<PgJobQBuilderCustomizer> customizers,
            ConfigurableListableBeanFactory beanFactory) {
        HandledQueues handled = new HandledQueues(beanFactory);
        PgJobQ.Builder builder = PgJobQ.builder(queue.dataSource())
                .options(options.node())
                .converter(converter)
                .listenConnections(ListenConnections.from(
                        properties.notifications(), queue.dataSource(), listenConnections.getIfUnique()))
                // Not looked for yet: they may need the sender.
                .interceptors(() -> interceptors.orderedStream().iterator())
                .listeners(() -> listeners.orderedStream().iterator())
                .upgrades(() -> upgrades.orderedStream().iterator())
                .migrate(properties.migration().enabled())
                .workerNode(properties.node().enabled())
                .queueDeclarations(name -> options.configuredQueues().contains(name)
                                || handled.names().contains(name)
                        ? options.queue(name)
                        : null);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    JobSender jobSender(PgJobQ pgJobQ) {
        return pgJobQ.sender();
    }

    @Bean
    @ConditionalOnMissingBean
    JobCompletions jobCompletions(PgJobQ pgJobQ) {
        return pgJobQ.completions();
    }

    @Bean
    @ConditionalOnMissingBean
    Jobs pgJobqJobs(PgJobQ pgJobQ) {
        return pgJobQ.jobs();
    }

    @Bean
    @ConditionalOnMissingBean
    JobSchedules jobSchedules(PgJobQ pgJobQ) {
        return pgJobQ.schedules();
    }

    @Bean
    @ConditionalOnMissingBean
    JobQueues jobQueues(PgJobQ pgJobQ) {
        return pgJobQ.queues();
    }

    @Bean
    @ConditionalOnMissingBean
    DeadJobs deadJobs(PgJobQ pgJobQ) {
        return pgJobQ.deadJobs();
    }

    @Bean
    JobHandlers pgJobqJobHandlers(
            ConfigurableListableBeanFactory beanFactory, QueueDataSource queue, PgJobQ pgJobQ, PgJobqOptions options) {
        return new JobHandlers(beanFactory, queue.dataSource(), new WorkerContainers(pgJobQ, options, beanFactory));
    }
}
