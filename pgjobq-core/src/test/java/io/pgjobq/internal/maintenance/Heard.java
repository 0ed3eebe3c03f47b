package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import java.util.ArrayList;
import java.util.List;

/** Remembers what upkeep announces. */
final class Heard implements SignalSink {

    final List<Signal> signals = new ArrayList<>();
    final Announcements announcements = new Announcements(new Doorbell(this, null));

    @Override
    public void receive(Signal signal) {
        signals.add(signal);
    }

    @Override
    public void resynchronize() {
        throw new IllegalStateException("nothing was missed");
    }
}
