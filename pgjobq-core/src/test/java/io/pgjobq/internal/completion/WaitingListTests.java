package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WaitingListTests {

    private final WaitingList list = new WaitingList(2);

    @Test
    void aJobIsFoundByThoseWhoWaitForItOnceItsTransactionHasEnded() {
        Waiter<?> waiter = waiter(7);
        list.add(waiter);
        assertThat(list.of(7)).isEmpty();
        assertThat(list.isEmpty()).isTrue();

        assertThat(list.follow(waiter)).isTrue();
        assertThat(list.of(7)).containsExactly(waiter);
        assertThat(list.isEmpty()).isFalse();
    }

    @Test
    void whoeverHasGivenUpBeforeIsNotFollowed() {
        Waiter<?> waiter = waiter(7);
        list.add(waiter);
        assertThat(list.remove(waiter)).as("the job could not be found yet").isFalse();

        assertThat(list.follow(waiter)).isFalse();
        assertThat(list.isEmpty()).isTrue();
    }

    @Test
    void aJobIsForgottenWithTheLastWhoWaitsForIt() {
        Waiter<?> one = followed(7);
        Waiter<?> other = followed(7);
        list.ask(List.of(7L));
        assertThat(list.remove(one)).isFalse();
        assertThat(list.isAsked()).isTrue();

        assertThat(list.remove(other)).isTrue();
        assertThat(list.isAsked()).isFalse();
        assertThat(list.remove(other)).isFalse();
    }

    @Test
    void onlyJobsThatSomebodyWaitsForAreLookedUpAndSomeAtATime() {
        followed(1);
        followed(2);
        followed(3);
        list.ask(List.of(2L, 9L));
        assertThat(list.take()).containsExactly(2);
        list.done();
        assertThat(list.isAsked()).isFalse();
        list.askForAll();

        assertThat(list.take()).containsExactly(1, 2);
        list.done();
        assertThat(list.take()).containsExactly(3);
    }

    @Test
    void whatCouldNotBeLookedUpComesAgainBehindTheOthers() {
        followed(1);
        Waiter<?> given = followed(2);
        followed(3);
        followed(4);
        list.ask(List.of(1L, 2L, 3L, 4L));
        assertThat(list.take()).containsExactly(1, 2);
        assertThat(list.isAsked()).isTrue();
        list.remove(given);

        assertThat(list.take()).containsExactly(3, 4);
        assertThat(list.take()).containsExactly(1, 3);
        list.done();
        assertThat(list.take()).containsExactly(4);
    }

    @Test
    void onceItIsClosedItFollowsNobodyAndTellsWhoWaits() {
        Waiter<?> waiting = followed(1);
        Waiter<?> uncommitted = waiter(2);
        list.add(uncommitted);
        assertThat(list.isClosed()).isFalse();

        assertThat(list.close()).containsExactly(waiting, uncommitted);
        assertThat(list.isClosed()).isTrue();
        assertThat(list.follow(uncommitted)).isFalse();
    }

    private Waiter<?> followed(long id) {
        Waiter<?> waiter = waiter(id);
        list.add(waiter);
        list.follow(waiter);
        return waiter;
    }

    private static Waiter<?> waiter(long id) {
        return new Waiter<>(id, ResultType.of("job " + id, String.class), new CompletableFuture<>(), null);
    }
}
