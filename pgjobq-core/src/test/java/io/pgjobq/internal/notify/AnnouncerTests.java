package io.pgjobq.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.Notice;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AnnouncerTests {

    private static final Channels CHANNELS = Channels.of("pgjobq");

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), System::nanoTime);
    private final AtomicLong now = new AtomicLong();
    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new ArrayBlockingQueue<>(10);
    private final BlockingQueue<Long> lags = new LinkedBlockingQueue<>();
    private final Announcer announcer = new Announcer(
            this::send,
            CHANNELS,
            () -> 7,
            new NotificationLag(() -> 7, lags::add, now::get),
            vitals,
            new Background("announcer", vitals),
            now::get);

    @AfterEach
    void stop() throws InterruptedException {
        announcer.stop();
    }

    static List<Throwable> failures() {
        return List.of(
                new OutOfMemoryError("heap"), new IllegalStateException("away"), new NoClassDefFoundError("class"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatCouldNotBeSentIsSentLater(Throwable failure) throws Exception {
        failures.add(failure);
        announcer.start();
        announcer.announce(new Signal.Ready(1, 5, 42));

        assertThat(sent.take()).startsWith(CHANNELS.jobs());
        assertThat(failures).isEmpty();
    }

    @Test
    void whatComesBeforeTheStartIsSentTogetherAfterIt() throws Exception {
        announcer.announce(new Signal.Ready(1, 5, 43));
        announcer.announce(new Signal.Ready(1, 5, 42));
        announcer.start();

        List<Signal> signals = SignalCodec.decode(sent.take().split(" ", 2)[1], 8);
        assertThat(signals).containsExactly(new Signal.Ready(1, 5, 42));
        assertThat(sent).isEmpty();
    }

    @Test
    void sendsWhatIsLeftWhenItStopsAndGoesOnAfterTheNextStart() throws Exception {
        for (int i = 1; i <= 20; i++) {
            announcer.start();
            announcer.announce(new Signal.Ready(1, 5, i));
            announcer.stop();
            assertThat(sent).hasSize(i);
        }
    }

    @Test
    void aJobBringsItsNotificationAlongIfNoneWasSentForAWhileAndNoneIsUnderWay() {
        try (LoneNotice lone = announcer.lone()) {
            assertThat(lone).isNotNull();
            assertThat(lone.notice()).isEqualTo(new Notice(CHANNELS.jobs(), "n7 r"));
            now.addAndGet(TimeUnit.HOURS.toNanos(1));
            assertThat(announcer.lone()).as("while one is under way").isNull();
        }
        assertThat(announcer.lone()).as("just after it").isNull();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(10) - 1);
        assertThat(announcer.lone()).isNull();
        now.incrementAndGet();
        assertThat(announcer.lone()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobBringsNoNotificationAlongBesideThoseOfTheThread(boolean fails) throws Exception {
        if (fails) {
            failures.add(new IllegalStateException("away"));
        }
        announcer.announce(new Signal.Ready(1, 5, 42));
        assertThat(announcer.lone()).as("while one waits").isNull();
        announcer.start();
        assertThat(sent.take()).isNotNull();
        announcer.stop();
        assertThat(announcer.lone()).as("just after it").isNull();

        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(announcer.lone()).isNotNull();
    }

    @Test
    void aTestIsSentOnItsOwnChannelUnlessItIsNoLongerWanted() throws Exception {
        Announcer.Test unwanted = announcer.test("a");
        unwanted.sent().cancel(false);
        Announcer.Test wanted = announcer.test("b");
        announcer.start();

        wanted.sent().get();
        assertThat(sent).containsExactly("b ");
    }

    private void send(String channel, String text) {
        Throwable failure = failures.poll();
        if (failure != null) {
            AnnouncerTests.<RuntimeException>fail(failure);
        }
        sent.add(channel + " " + text);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void fail(Throwable failure) throws T {
        throw (T) failure;
    }
}
