package io.pgjobq.handler;

import io.pgjobq.internal.support.Log;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionUsageException;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.annotation.TransactionManagementConfigurer;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/** Finds the transaction in which a {@code @Transactional} handler runs and its job is completed. */
final class HandlerTransactions {

    private static final Logger LOG = Log.of(HandlerTransactions.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final DataSource dataSource;
    private final AnnotationTransactionAttributeSource attributes = new AnnotationTransactionAttributeSource(false);

    /** Whether a transaction could not be begun while the handlers were looked at. Used by one thread. */
    private boolean unreachable;

    HandlerTransactions(ConfigurableListableBeanFactory beanFactory, DataSource dataSource) {
        this.beanFactory = beanFactory;
        this.dataSource = dataSource;
        attributes.setEmbeddedValueResolver(new EmbeddedValueResolver(beanFactory));
    }

    /** Returns {@code null} if the job is not completed together with what the handler does. */
    @Nullable
    TransactionOperations of(JobHandlerMethod handler, HandlerReturn returned) {
        TransactionAttribute attribute = attributes.getTransactionAttribute(handler.method(), handler.targetClass());
        if (attribute == null) {
            return null;
        }
        checkProxied(handler);
        checkFinished(handler, returned);
        String obstacle = obstacle(attribute);
        if (obstacle != null) {
            return apart(handler, obstacle);
        }
        PlatformTransactionManager manager = manager(handler, attribute);
        if (!isOnDataSource(manager)) {
            return apart(handler, "its transaction manager is not that of pgjobq's DataSource");
        }
        TransactionDefinition definition = definition(handler, attribute);
        checkBegins(handler, manager, definition);
        return new TransactionTemplate(manager, definition);
    }

    private static void checkFinished(JobHandlerMethod handler, HandlerReturn returned) {
        if (returned.isUnfinished()) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription()
                            + " is @Transactional, but its work goes on after the call, which commits "
                            + "its transaction.",
                    "Return the result itself, or take @Transactional away and begin transactions where the work is done.");
        }
    }

    /** Some managers know no isolation level but the default one: no attempt would ever begin. */
    private void checkBegins(
            JobHandlerMethod handler, PlatformTransactionManager manager, TransactionDefinition definition) {
        if (unreachable || definition.getIsolationLevel() == TransactionDefinition.ISOLATION_DEFAULT) {
            return;
        }
        try {
            manager.rollback(manager.getTransaction(definition));
        } catch (TransactionUsageException e) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " is @Transactional, but its transaction manager can't begin such a "
                            + "transaction: " + e.getMessage() + ".",
                    "Take the isolation level out of @Transactional, or let the transaction manager allow it.",
                    e);
        } catch (TransactionException e) {
            // The database is away: one handler that waits for it is enough, and attempts that can't begin are told of.
            unreachable = true;
        }
    }

    private static void checkProxied(JobHandlerMethod handler) {
        if (InvocableMethod.escapesProxies(handler.method())) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " is @Transactional, but no proxy can intercept a private, final or "
                            + "static method.",
                    "Make it package-private, protected or public and neither final nor static, or take "
                            + "@Transactional away.");
        }
    }

    private static @Nullable String obstacle(TransactionAttribute attribute) {
        if (attribute.isReadOnly()) {
            return "it is read-only";
        }
        return switch (attribute.getPropagationBehavior()) {
            case TransactionDefinition.PROPAGATION_REQUIRED, TransactionDefinition.PROPAGATION_MANDATORY -> null;
            default -> "its propagation is neither REQUIRED nor MANDATORY";
        };
    }

    private static @Nullable TransactionOperations apart(JobHandlerMethod handler, String reason) {
        LOG.warn(
                "{} is @Transactional, but {}: its jobs are completed apart from its transaction and may run again "
                        + "after a crash",
                handler.fullDescription(),
                reason);
        return null;
    }

    private static TransactionDefinition definition(JobHandlerMethod handler, TransactionAttribute attribute) {
        DefaultTransactionDefinition definition = new DefaultTransactionDefinition(attribute);
        definition.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRED);
        definition.setName(handler.description());
        return definition;
    }

    private PlatformTransactionManager manager(JobHandlerMethod handler, TransactionAttribute attribute) {
        try {
            if (StringUtils.hasText(attribute.getQualifier())) {
                return qualified(attribute.getQualifier());
            }
            PlatformTransactionManager ofClass = qualifiedByClass(handler.targetClass());
            return ofClass == null ? defaultManager() : ofClass;
        } catch (BeansException e) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " is @Transactional, but its transaction manager can't be found: "
                            + e.getMessage() + ".",
                    "Define a PlatformTransactionManager bean, or name one of several in @Transactional.",
                    e);
        }
    }

    private PlatformTransactionManager qualified(String qualifier) {
        return BeanFactoryAnnotationUtils.qualifiedBeanOfType(beanFactory, PlatformTransactionManager.class, qualifier);
    }

    // As Spring's interceptor does it: a class may be qualified for reasons of its own.
    private @Nullable PlatformTransactionManager qualifiedByClass(Class<?> targetClass) {
        String qualifier = BeanFactoryAnnotationUtils.getQualifierValue(targetClass);
        try {
            return StringUtils.hasText(qualifier) ? qualified(qualifier) : null;
        } catch (NoSuchBeanDefinitionException e) {
            return null;
        }
    }

    private PlatformTransactionManager defaultManager() {
        TransactionManagementConfigurer configurer = beanFactory
                .getBeanProvider(TransactionManagementConfigurer.class)
                .getIfUnique();
        return configurer != null
                        && configurer.annotationDrivenTransactionManager() instanceof PlatformTransactionManager manager
                ? manager
                : beanFactory.getBean(PlatformTransactionManager.class);
    }

    /** JDBC and JPA managers tell their {@code DataSource}; JTA has none and spans them all. */
    private boolean isOnDataSource(PlatformTransactionManager manager) {
        PropertyDescriptor property = BeanUtils.getPropertyDescriptor(manager.getClass(), "dataSource");
        if (property == null || property.getReadMethod() == null) {
            return true;
        }
        Method getter = property.getReadMethod();
        return ReflectionUtils.invokeMethod(getter, manager) instanceof DataSource managed
                && unwrap(managed) == unwrap(dataSource);
    }

    private static @Nullable DataSource unwrap(@Nullable DataSource dataSource) {
        return dataSource instanceof TransactionAwareDataSourceProxy proxy
                ? unwrap(proxy.getTargetDataSource())
                : dataSource;
    }
}
