package io.pgjobq.handler;

import io.pgjobq.JobHandler;
import java.lang.reflect.Proxy;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** The beans that may have handlers, seen through their proxies. */
final class HandlerBeans {

    private final ConfigurableListableBeanFactory beanFactory;

    HandlerBeans(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /** Calls back with the name of the bean and the method. */
    void forEachMethod(BiConsumer<String, JobHandlerMethod> action) {
        for (String beanName : beanFactory.getBeanNamesForType(Object.class)) {
            // The scoped proxy of that name is what other beans see.
            if (!ScopedProxyUtils.isScopedTarget(beanName)) {
                Class<?> targetClass = targetClass(beanName);
                if (targetClass != null && mayHaveHandlers(targetClass)) {
                    JobHandlerMethod.of(targetClass).forEach(method -> action.accept(beanName, method));
                }
            }
        }
    }

    /** Calls back with the methods that the definitions of the beans tell of, some of which may not be there yet. */
    void forEachDefinedMethod(Consumer<JobHandlerMethod> action) {
        for (String beanName : beanFactory.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = beanFactory.getType(beanName, false);
            if (type != null && Proxy.isProxyClass(type)) {
                type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
            }
            if (type != null && mayHaveHandlers(ClassUtils.getUserClass(type))) {
                JobHandlerMethod.of(ClassUtils.getUserClass(type)).forEach(action);
            }
        }
    }

    private @Nullable Class<?> targetClass(String beanName) {
        Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
        if (type != null && ScopedObject.class.isAssignableFrom(type)) {
            type = AutoProxyUtils.determineTargetClass(beanFactory, ScopedProxyUtils.getTargetBeanName(beanName));
        }
        if (type != null && Proxy.isProxyClass(type)) {
            type = AopProxyUtils.ultimateTargetClass(beanFactory.getBean(beanName));
        }
        return type == null ? null : ClassUtils.getUserClass(type);
    }

    static boolean mayHaveHandlers(Class<?> type) {
        return !type.getName().startsWith("org.springframework.")
                && AnnotationUtils.isCandidateClass(type, JobHandler.class);
    }
}
