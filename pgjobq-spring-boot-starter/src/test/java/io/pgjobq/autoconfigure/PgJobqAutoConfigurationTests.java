package io.pgjobq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.DeadJobs;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.JobCompletions;
import io.pgjobq.JobHandler;
import io.pgjobq.JobQueues;
import io.pgjobq.JobSender;
import io.pgjobq.PayloadConverter;
import io.pgjobq.PgJobQ;
import io.pgjobq.test.Analyses;
import java.lang.reflect.Type;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.datasource.AbstractDataSource;
import tools.jackson.databind.json.JsonMapper;

class PgJobqAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, PgJobqAutoConfiguration.class))
            .withPropertyValues("pgjobq.database-required=false");

    private static final class DownDataSource extends AbstractDataSource {

        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("down", "08001");
        }

        @Override
        public Connection getConnection(String username, String password) throws SQLException {
            return getConnection();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OneDataSource {

        @Bean
        DataSource one() {
            return new DownDataSource();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherDataSource {

        @Bean
        DataSource other() {
            return new DownDataSource();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryDataSource {

        @Bean
        @Primary
        DataSource primary() {
            return new DownDataSource();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MarkedDataSource {

        @Bean(defaultCandidate = false)
        @PgJobqDataSource
        DataSource marked() {
            return new DownDataSource();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AlsoMarkedDataSource {

        @Bean(defaultCandidate = false)
        @PgJobqDataSource
        DataSource alsoMarked() {
            return new DownDataSource();
        }
    }

    @Nested
    class TheDataSource {

        @Test
        void isTheOnlyOne() {
            assertChosen("one", OneDataSource.class);
        }

        @Test
        void isThePrimaryOne() {
            assertChosen("primary", OneDataSource.class, PrimaryDataSource.class);
        }

        @Test
        void isTheMarkedOneBeforeAllOthers() {
            assertChosen("marked", OneDataSource.class, PrimaryDataSource.class, MarkedDataSource.class);
        }

        @Test
        void isMissingAndThatFailsTheStart() {
            runner.run(context -> {
                FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
                assertThat(analysis.getDescription()).isEqualTo("pgjobq needs a DataSource, but there is none.");
                assertThat(analysis.getAction())
                        .contains("spring.datasource.url")
                        .contains("pgjobq.enabled=false");
            });
        }

        @Test
        void isOneOfSeveralAndThatFailsTheStart() {
            runner.withUserConfiguration(OneDataSource.class, OtherDataSource.class)
                    .run(context -> {
                        FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
                        assertThat(analysis.getDescription()).contains("can't choose from one, other");
                        assertThat(analysis.getAction())
                                .contains("@PgJobqDataSource")
                                .contains("@Primary");
                    });
        }

        @Test
        void isOneOfSeveralOfAParentAndThatFailsTheStartToo() {
            new ApplicationContextRunner()
                    .withUserConfiguration(OneDataSource.class, OtherDataSource.class)
                    .run(parent -> runner.withParent(parent)
                            .run(context -> assertThat(Analyses.of(context.getStartupFailure())
                                            .getDescription())
                                    .contains("can't choose from one, other")));
        }

        @Test
        void isMarkedTwiceAndThatFailsTheStart() {
            runner.withUserConfiguration(PrimaryDataSource.class, MarkedDataSource.class, AlsoMarkedDataSource.class)
                    .run(context -> assertThat(
                                    Analyses.of(context.getStartupFailure()).getDescription())
                            .contains("can't choose from primary, marked, alsoMarked"));
        }

        private void assertChosen(String beanName, Class<?>... configurations) {
            runner.withUserConfiguration(configurations)
                    .run(context -> assertThat(
                                    context.getBean(QueueDataSource.class).dataSource())
                            .isSameAs(context.getBean(beanName)));
        }
    }

    @Nested
    class TheBeans {

        private final ApplicationContextRunner withDataSource = runner.withUserConfiguration(OneDataSource.class);

        @Test
        void areThoseThatAnApplicationInjects() {
            withDataSource.run(context -> assertThat(context)
                    .hasSingleBean(PgJobQ.class)
                    .hasSingleBean(JobSender.class)
                    .hasSingleBean(JobCompletions.class)
                    .hasSingleBean(JobQueues.class)
                    .hasSingleBean(DeadJobs.class));
        }

        @Test
        void areNotThereIfPgJobqIsDisabled() {
            runner.withPropertyValues("pgjobq.enabled=false")
                    .run(context -> assertThat(context)
                            .hasNotFailed()
                            .doesNotHaveBean(PgJobQ.class)
                            .doesNotHaveBean(JobSender.class));
        }

        @Test
        void includeAJsonConverterWithTheApplicationsMapper() {
            JsonMapper mapper = JsonMapper.builder().build();
            withDataSource
                    .withBean(JsonMapper.class, () -> mapper)
                    .run(context -> assertThat(context.getBean(PayloadConverter.class))
                            .isInstanceOf(JacksonPayloadConverter.class)
                            .extracting("mapper")
                            .isSameAs(mapper));
        }

        @Test
        void includeAJsonConverterAlsoWithoutAMapper() {
            withDataSource.run(context -> assertThat(context).hasSingleBean(JacksonPayloadConverter.class));
        }

        @Test
        void leaveConversionToTheApplicationIfItHasAConverter() {
            withDataSource
                    .withBean(OwnConverter.class)
                    .run(context -> assertThat(context)
                            .hasSingleBean(PayloadConverter.class)
                            .hasSingleBean(OwnConverter.class));
        }
    }

    @Nested
    class AQueueName {

        @Test
        void thatAPropertyCannotHaveFailsTheStart() {
            runner.withUserConfiguration(OneDataSource.class)
                    .withPropertyValues("pgjobq.queues[no way].concurrency=3")
                    .run(context -> assertThat(
                                    Analyses.of(context.getStartupFailure()).getDescription())
                            .contains("pgjobq.queues[no way]")
                            .contains("start with a letter or digit"));
        }

        @Test
        void thatAHandlerCannotHaveFailsTheStart() {
            runner.withUserConfiguration(OneDataSource.class, SpacedHandler.class)
                    .run(context -> assertThat(
                                    Analyses.of(context.getStartupFailure()).getDescription())
                            .contains("SpacedHandler.handle(String)")
                            .contains("'no way' is not valid"));
        }
    }

    @Test
    void aHandlersQueueNameIsNotBlamedOnAPropertyWhereNoJobsRun() {
        runner.withUserConfiguration(OneDataSource.class, SpacedHandler.class)
                .withPropertyValues("pgjobq.worker.enabled=false")
                .run(context -> {
                    FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .contains("SpacedHandler.handle(String)")
                            .doesNotContain("pgjobq.queues");
                    assertThat(analysis.getAction()).contains("@JobHandler");
                });
    }

    static class SpacedHandler {

        @JobHandler("no way")
        void handle(String text) {}
    }

    @Nested
    class ADatabaseThatIsDown {

        private final ApplicationContextRunner pooled = runner.withConfiguration(
                        AutoConfigurations.of(DataSourceAutoConfiguration.class))
                .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none");

        @Test
        void doesNotStopAnApplicationThatDoesNotRequireIt() {
            pooled.run(context -> assertThat(context).hasNotFailed().hasSingleBean(JobSender.class));
        }

        @Test
        void stopsAnApplicationThatRequiresItAndNamesTheProperty() {
            pooled.withPropertyValues("pgjobq.database-required=true").run(context -> {
                FailureAnalysis analysis = Analyses.of(context.getStartupFailure());
                assertThat(analysis.getDescription()).contains("127.0.0.1:1 refused");
                assertThat(analysis.getAction()).contains("pgjobq.database-required=false");
            });
        }
    }

    static class OwnConverter implements PayloadConverter {

        @Override
        public byte[] write(Object value) {
            return new byte[0];
        }

        @Override
        public Object read(byte[] bytes, Type type) {
            return bytes;
        }
    }
}
