package io.pgjobq.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class AnnouncerTests {

    private static final Channels CHANNELS = Channels.of("pgjobq");

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), System::nanoTime);
    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new ArrayBlockingQueue<>(10);
    private final Announcer announcer =
            new Announcer(this::send, CHANNELS, () -> 7, vitals, new Background("announcer", vitals));

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
