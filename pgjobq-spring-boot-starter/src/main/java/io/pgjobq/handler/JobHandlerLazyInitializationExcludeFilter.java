package io.pgjobq.handler;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;

/** Lets beans with handlers start with the application in spite of {@code spring.main.lazy-initialization}. */
public final class JobHandlerLazyInitializationExcludeFilter implements LazyInitializationExcludeFilter {

    @Override
    public boolean isExcluded(String beanName, BeanDefinition beanDefinition, Class<?> beanType) {
        return HandlerBeans.mayHaveHandlers(beanType)
                && !JobHandlerMethod.of(beanType).isEmpty();
    }
}
