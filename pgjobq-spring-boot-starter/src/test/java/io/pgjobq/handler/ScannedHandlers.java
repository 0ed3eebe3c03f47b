package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import io.pgjobq.Schedule;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** The handlers found in a context without a database. */
final class ScannedHandlers implements HandlerRegistry, AutoCloseable {

    static final DataSource DATA_SOURCE = mock(DataSource.class);

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private Map<String, List<Handler>> byQueue = Map.of();
    private List<Schedule> schedules = List.of();

    static ScannedHandlers of(Class<?>... components) {
        return with(context -> context.register(components));
    }

    static ScannedHandlers with(Consumer<AnnotationConfigApplicationContext> setUp) {
        ScannedHandlers scanned = new ScannedHandlers();
        setUp.accept(scanned.context);
        scanned.context.registerBean(
                JobHandlers.class, () -> new JobHandlers(scanned.context.getBeanFactory(), DATA_SOURCE, scanned));
        scanned.context.refresh();
        return scanned;
    }

    @Override
    public void register(Map<String, List<Handler>> handlersByQueue, List<Schedule> found) {
        byQueue = handlersByQueue;
        schedules = found;
    }

    List<Schedule> schedules() {
        return schedules;
    }

    Map<String, List<Handler>> byQueue() {
        return byQueue;
    }

    Handler only(String queue) {
        assertThat(byQueue.get(queue)).as("handlers of " + queue).hasSize(1);
        return byQueue.get(queue).get(0);
    }

    Object run(String queue, Object payload) throws Throwable {
        return only(queue).invocation().invoke(payload, mock(JobContext.class));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    AnnotationConfigApplicationContext context() {
        return context;
    }

    @Override
    public void close() {
        context.close();
    }
}
