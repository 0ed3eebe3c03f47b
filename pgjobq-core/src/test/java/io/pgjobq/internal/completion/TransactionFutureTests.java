package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TransactionFutureTests implements SendingTransaction {

    private static final String REFUSED =
            "job 7: can't be waited for inside the transaction that sent it, since it exists"
                    + " only after the commit; wait after that, or send it in a transaction of its own (REQUIRES_NEW)";

    private final CompletableFuture<String> future = new TransactionFuture<>(7, this);
    private boolean openHere = true;

    @Test
    void theThreadOfTheOpenTransactionIsRefusedTheValue() {
        for (CompletableFuture<?> stage : stages()) {
            List<ThrowingCallable> calls = List.of(stage::get, () -> stage.get(1, TimeUnit.HOURS), stage::join);
            assertThat(calls)
                    .allSatisfy(call -> assertThatThrownBy(call)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage(REFUSED));
            assertThat(stage).isNotDone();
        }
    }

    @Test
    void whatIsThereAlreadyCanBeHadInsideTheTransaction() throws Exception {
        List<CompletableFuture<?>> stages = stages();
        future.complete("value");
        for (CompletableFuture<?> stage : stages) {
            assertThat(stage.get()).isEqualTo("value");
            assertThat(stage.get(1, TimeUnit.HOURS)).isEqualTo("value");
            assertThat(stage.join()).isEqualTo("value");
        }
    }

    @Test
    void whoeverElseAsksWaits() throws Exception {
        openHere = false;
        CompletableFuture<List<Object>> waiting = CompletableFuture.supplyAsync(
                () -> List.of(future.join(), future.thenApply(value -> value).join()));
        future.complete("value");
        assertThat(waiting.get(10, TimeUnit.SECONDS)).containsExactly("value", "value");
    }

    @Test
    void whatDoesNotWaitIsNotRefused() {
        assertThat(future.getNow("absent")).isEqualTo("absent");
        assertThat(future.cancel(false)).isTrue();
    }

    private List<CompletableFuture<?>> stages() {
        return List.of(
                future,
                future.copy(),
                future.thenApply(value -> value),
                future.thenCompose(CompletableFuture::completedFuture),
                future.thenApplyAsync(value -> value, Runnable::run),
                future.exceptionally(failure -> "failed").thenApply(value -> value));
    }

    @Override
    public boolean isOpenHere() {
        return openHere;
    }

    @Override
    public CompletionStage<Boolean> committed() {
        return new CompletableFuture<>();
    }
}
