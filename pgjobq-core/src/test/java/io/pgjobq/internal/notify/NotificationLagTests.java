package io.pgjobq.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationLagTests {

    private final List<Long> lags = new ArrayList<>();
    private int self = 7;
    private long nanos;
    private final NotificationLag lag = new NotificationLag(() -> self, lags::add, () -> nanos);

    @Test
    void isTheTimeThatTheNodesOwnNotificationTakesToComeBack() {
        lag.sending("n7 r1:5:42");
        nanos = 100;
        lag.heard("n8 r1:5:40");
        lag.heard("n7 r1:5:42");
        lag.heard("n7 r1:5:42");
        assertThat(lags).containsExactly(100L);
    }

    @Test
    void ofSeveralOnTheirWayTheLastCounts() {
        lag.sending("n7 r1:5:42");
        nanos = 100;
        lag.sending("n7 r1:5:43");
        nanos = 130;
        lag.heard("n7 r1:5:42");
        lag.heard("n7 r1:5:43");
        assertThat(lags).containsExactly(30L);
    }

    @Test
    void isNotKnownOfANodeWithoutANumberWhoseNotificationsLookLikeOthers() {
        self = 0;
        lag.sending("n0 r1:5:42");
        lag.heard("n0 r1:5:42");
        assertThat(lags).isEmpty();
    }
}
