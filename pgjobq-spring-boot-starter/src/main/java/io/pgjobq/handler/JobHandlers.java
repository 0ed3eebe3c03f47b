package io.pgjobq.handler;

import io.pgjobq.Handler;
import io.pgjobq.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Finds the {@code @JobHandler} methods of all beans, once all singletons exist, and registers them queue by queue. No bean is
 * created for that: one that is lazy or scoped comes into being with its first job.
 */
public final class JobHandlers implements SmartInitializingSingleton {

    private final ConfigurableListableBeanFactory beanFactory;
    private final HandlerBeans beans;
    private final HandlerFactory factory;
    private final HandlerRegistry registry;

    /**
     * Makes the bean.
     *
     * @param dataSource whose transactions complete jobs
     */
    public JobHandlers(ConfigurableListableBeanFactory beanFactory, DataSource dataSource, HandlerRegistry registry) {
        this.beanFactory = beanFactory;
        this.beans = new HandlerBeans(beanFactory);
        this.factory = new HandlerFactory(beanFactory, new HandlerTransactions(beanFactory, dataSource));
        this.registry = registry;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Map<String, QueueHandlers> queues = new TreeMap<>();
        List<Schedule> schedules = new ArrayList<>();
        beans.forEachMethod((beanName, method) -> {
            Handler handler = factory.create(beanName, method);
            Set<String> named = HandlerFactory.queues(beanFactory, method);
            schedules.addAll(factory.schedules(method, handler, named));
            for (String queue : named) {
                queues.computeIfAbsent(queue, QueueHandlers::new).add(method, handler);
            }
        });
        Map<String, List<Handler>> handlers = new TreeMap<>();
        queues.forEach((queue, ofQueue) -> handlers.put(queue, ofQueue.handlers()));
        registry.register(handlers, schedules);
    }
}
