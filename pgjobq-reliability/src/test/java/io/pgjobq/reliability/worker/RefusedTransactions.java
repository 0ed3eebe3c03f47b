package io.pgjobq.reliability.worker;

import io.pgjobq.JobHandler;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;

/** A handler whose transactions its manager refuses to begin, as some do with an isolation level, beside the other handlers. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(RefusedTransactions.ENABLED)
public class RefusedTransactions {

    /** Has this handler there. */
    public static final String ENABLED = "reliability.refused-transactions";

    /** The queue of the handler. */
    public static final String QUEUE = "refused";

    /** What is logged each time. */
    public static final String REFUSED = "refuses to begin a transaction";

    private static final Logger LOG = LoggerFactory.getLogger(RefusedTransactions.class);

    /** By which the manager knows what to refuse. */
    private static final int TIMEOUT = 77;

    @Bean
    PlatformTransactionManager transactionManager(DataSource dataSource) {
        return new JdbcTransactionManager(dataSource) {
            @Override
            protected void doBegin(Object transaction, TransactionDefinition definition) {
                if (definition.getTimeout() == TIMEOUT) {
                    LOG.info(REFUSED);
                    throw new CannotCreateTransactionException("this isolation level is not supported");
                }
                super.doBegin(transaction, definition);
            }
        };
    }

    @Bean
    RefusedHandler refusedHandler() {
        return new RefusedHandler();
    }

    /** Never called. */
    static class RefusedHandler {

        @JobHandler(QUEUE)
        @Transactional(timeout = TIMEOUT)
        public void refused(Task task) {
            throw new IllegalStateException("called without a transaction");
        }
    }
}
