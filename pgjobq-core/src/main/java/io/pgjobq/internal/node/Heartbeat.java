package io.pgjobq.internal.node;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.KeptConnection;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Guarded;
import io.pgjobq.internal.support.Listening;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * Shows that the node lives as long as the listening connection doesn't, on a thread that does nothing else, and on a
 * connection of the pool that it keeps meanwhile: neither upkeep that takes long nor an empty pool holds it up. Thread-safe.
 */
public final class Heartbeat {

    private static final Logger LOG = Log.of(Heartbeat.class);

    /** How many heartbeats may be due before one is answered: two more connections can be tried before others miss it. */
    private static final int UNANSWERED = 4;

    private final RegisteredNode node;
    private final Database database;
    private final HeartbeatPace pace;
    private final Listening listening;
    private final Outage outage;
    private final Background background;

    private final Guarded<Hurry> hurry;

    /** Whether to wait for nothing. */
    private static final class Hurry {

        /** The listening connection was lost. */
        private boolean asked;

        boolean take() {
            boolean was = asked;
            asked = false;
            return was;
        }
    }

    public Heartbeat(RegisteredNode node, Database database, Listening listening, Vitals vitals) {
        this.node = node;
        this.database = database;
        this.outage = new Outage(LOG, "heartbeat", vitals);
        this.background = new Background("pgjobq-heartbeat", vitals);
        this.hurry = background.guard(new Hurry());
        this.pace = new HeartbeatPace(node.every());
        this.listening = listening;
    }

    /** Starts the thread. */
    public void start() {
        background.start(new Turns()::next);
    }

    /** Stops the thread. */
    public void stop() throws InterruptedException {
        background.stop();
    }

    /** The listening connection is lost: the node must show soon that it lives. */
    public void beatSoon() {
        hurry.change(now -> now.asked = true);
    }

    /** What one start of the thread does and keeps. Used by that thread. */
    private final class Turns {

        private final KeptConnection connection =
                new KeptConnection(database, node.every().multipliedBy(UNANSWERED));

        private Duration wait = Duration.ZERO;

        boolean next() throws InterruptedException {
            hurry.await(now -> now.asked, wait);
            if (background.isStopping()) {
                connection.close();
                return false;
            }
            wait = beat(connection);
            return true;
        }
    }

    /** Returns when to look again. */
    private Duration beat(KeptConnection connection) {
        boolean lost = hurry.read(Hurry::take);
        boolean hears = listening.isListening();
        try {
            if (pace.isDue(node.signs().silentNanos(), hears && !lost)) {
                node.beat(connection);
                if (outage.isOn()) {
                    outage.recovered();
                    node.reconnected();
                }
            } else if (hears) {
                connection.close();
            }
        } catch (RuntimeException | Error ex) {
            return pace.afterFailure(outage.failed(ex));
        }
        return pace.next(node.signs().silentNanos(), hears);
    }
}
