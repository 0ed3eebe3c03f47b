package io.pgjobq.autoconfigure;

import io.pgjobq.internal.database.TransactionEnds;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** Lets all transaction managers tell when their transactions end, so that what is sent afterwards is committed by itself. */
final class TransactionManagers implements BeanPostProcessor {

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof PlatformTransactionManager && bean instanceof ConfigurableTransactionManager manager) {
            TransactionEnds.toldBy(manager);
        }
        return bean;
    }
}
