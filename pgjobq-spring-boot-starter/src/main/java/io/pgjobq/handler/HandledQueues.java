package io.pgjobq.handler;

import java.util.Set;
import java.util.TreeSet;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The queues that handlers will be registered for, known before any of them exists. What a {@code @Bean} method hides by
 * returning an interface is known as soon as the bean has been made.
 */
public final class HandledQueues {

    private final ConfigurableListableBeanFactory beanFactory;

    public HandledQueues(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /** Returns their names, as far as the definitions of the beans tell: no bean is created for that. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        new HandlerBeans(beanFactory)
                .forEachDefinedMethod(method -> names.addAll(HandlerFactory.queues(beanFactory, method)));
        return names;
    }
}
