package io.pgjobq.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@PostgresTest
class DeliveryIntegrationTests {

    private TestDatabase database;

    @Test
    void aFloodOfShortJobsRunsToItsEndEachJobOnce() throws Exception {
        int count = 60_000;
        ConcurrentHashMap<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        CountDownLatch left = new CountDownLatch(count);
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database)) {
            node.handle("flood", Integer.class, (number, context) -> {
                runs.computeIfAbsent(number, key -> new AtomicInteger()).incrementAndGet();
                left.countDown();
                return null;
            });
            node.start();
            node.sender().sendAll("flood", IntStream.range(0, count).boxed().toList());
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(runs.values()).allMatch(times -> times.get() == 1);
            assertThat(log.with("refused")).isEmpty();
        }
    }
}
