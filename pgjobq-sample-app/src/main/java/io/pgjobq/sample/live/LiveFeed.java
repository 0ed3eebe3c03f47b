package io.pgjobq.sample.live;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends each connected browser what there is to see, and then whatever changes.
 *
 * <p>Other copies of the sample change the same tables, so the feed compares the state with what it sent last, four times
 * a second and only while somebody looks; what this copy does by itself is sent at once ({@link StateChanged}).
 */
@Component
class LiveFeed {

    private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
    private static final String DATABASE = "database";
    private static final long NEVER = 0;

    private final List<LiveSource> sources;
    private final List<SseEmitter> browsers = new ArrayList<>();
    private final Map<String, LiveItem> shown = new LinkedHashMap<>();
    private final AtomicBoolean refreshAsked = new AtomicBoolean();
    private final Executor executor;
    private boolean closed;

    LiveFeed(List<LiveSource> sources, @Qualifier("applicationTaskExecutor") Executor executor) {
        this.sources = sources;
        this.executor = executor;
    }

    synchronized SseEmitter connect() {
        SseEmitter browser = new SseEmitter(NEVER);
        if (closed) {
            browser.complete();
            return browser;
        }
        shown.values().forEach(item -> send(browser, item));
        browsers.add(browser);
        browser.onCompletion(() -> disconnect(browser));
        browser.onError(failure -> disconnect(browser));
        refreshSoon();
        return browser;
    }

    /** Refreshes soon, but not in the thread of a handler or a request, and once for many changes. */
    @EventListener(StateChanged.class)
    void refreshSoon() {
        if (refreshAsked.compareAndSet(false, true)) {
            executor.execute(() -> {
                refreshAsked.set(false);
                refresh();
            });
        }
    }

    /** Looks for changes and sends them. */
    @Scheduled(fixedDelay = 250, timeUnit = TimeUnit.MILLISECONDS)
    synchronized void refresh() {
        if (browsers.isEmpty()) {
            shown.clear();
            return;
        }
        try {
            sources.forEach(source -> source.items().forEach(this::show));
            show(LiveItem.single(DATABASE, Map.of("up", true)));
        } catch (DataAccessException | CannotCreateTransactionException e) {
            LOG.debug("The page waits for the database", e);
            show(LiveItem.single(DATABASE, Map.of("up", false)));
        }
    }

    /** A browser that went away is noticed only by writing to it. */
    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    synchronized void checkConnections() {
        List.copyOf(browsers)
                .forEach(browser -> send(browser, SseEmitter.event().comment("still here")));
    }

    /** An open stream would hold up the shutdown of the web server. */
    @EventListener(ContextClosedEvent.class)
    synchronized void close() {
        closed = true;
        List.copyOf(browsers).forEach(SseEmitter::complete);
        browsers.clear();
    }

    private void show(LiveItem item) {
        LiveItem before = shown.put(item.event() + item.id(), item);
        if (!item.equals(before)) {
            List.copyOf(browsers).forEach(browser -> send(browser, item));
        }
    }

    private void send(SseEmitter browser, LiveItem item) {
        send(browser, SseEmitter.event().name(item.event()).data(item.data()));
    }

    private void send(SseEmitter browser, SseEmitter.SseEventBuilder event) {
        try {
            browser.send(event);
        } catch (IOException | IllegalStateException e) {
            disconnect(browser);
        }
    }

    private synchronized void disconnect(SseEmitter browser) {
        browsers.remove(browser);
    }
}
