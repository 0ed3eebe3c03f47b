package io.pgjobq.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.Schedule;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.QueueNumbers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeclaredSchedulesTests {

    private final FakeSchedules store = new FakeSchedules();
    private final DeclaredSchedules declared = new DeclaredSchedules(
            store, new DefaultJobSchedules(store, new NoQueues(), new Doorbell(new Unheard(), null)));

    @Test
    void whereNoneIsDeclaredNothingIsToBeDone() {
        assertThat(declared.areDeclaredAs(1)).isTrue();
    }

    @Test
    void theyAreDeclaredOnceForEachNumberAndAgainWhenThereIsOneMore() {
        declared.add(schedule("b", 1));
        assertThat(declared.areDeclaredAs(1)).isFalse();
        declared.declareAs(1);
        assertThat(declared.areDeclaredAs(1)).isTrue();
        assertThat(declared.areDeclaredAs(2)).isFalse();
        declared.add(schedule("a", 1));

        assertThat(declared.areDeclaredAs(1)).isFalse();
        assertThat(store.calls).last().isEqualTo("declare 1 [b]");
        declared.declareAs(1);
        assertThat(store.calls).last().isEqualTo("declare 1 [a, b]");
    }

    @Test
    void onlyWhatHasChangedIsWritten() {
        store.put(schedule("same", 1), true, true, true, null, 4);
        store.put(schedule("other", 1), true, true, false, null, 5);
        store.put(schedule("saved", 1), false, true, false, null, 6);
        declared.add(schedule("same", 1));
        declared.add(schedule("other", 2));
        declared.add(schedule("saved", 1));
        declared.declareAs(3);

        assertThat(store.calls).hasSize(3);
        assertThat(store.calls.get(0)).startsWith("save other 5 ");
        assertThat(store.calls.get(1)).startsWith("save saved 6 ");
        assertThat(store.calls.get(2)).isEqualTo("declare 3 [other, same, saved]");
    }

    @Test
    void ifAnotherNodeIsFasterThatIsLeftToIt() {
        declared.add(schedule("a", 1));
        store.before = () -> store.put(schedule("a", 2), true, true, false, null, 4);
        declared.declareAs(1);

        assertThat(declared.areDeclaredAs(1)).isTrue();
        assertThat(store.find(List.of("a")).get(0).version()).isEqualTo(4);
    }

    @Test
    void aNameIsDeclaredOnce() {
        declared.add(schedule("a", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> declared.add(schedule("a", 2)));
    }

    private static Schedule schedule(String name, int hours) {
        return Schedule.of(name, "mail").every(Duration.ofHours(hours)).build();
    }

    private static final class NoQueues implements QueueNumbers {

        @Override
        public List<String> names() {
            return List.of();
        }

        @Override
        public @Nullable Integer find(String name) {
            return null;
        }
    }

    private static final class Unheard implements SignalSink {

        @Override
        public void receive(Signal signal) {}

        @Override
        public void resynchronize() {}
    }
}
