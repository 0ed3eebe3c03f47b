package io.pgjobq.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.RandomValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalCodecTests {

    @Test
    void whatIsSentArrivesAndEachTextFitsInANotification() {
        RandomValues.times(200, values -> {
            List<Signal> signals = values.list(0, 300, () -> signal(values));

            List<String> texts = SignalCodec.encode(7, signals);

            assertThat(texts)
                    .allSatisfy(text ->
                            assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8_000));
            List<Signal> arrived = texts.stream()
                    .flatMap(text -> SignalCodec.decode(text, 8).stream())
                    .toList();
            assertThat(withoutEnds(arrived)).isEqualTo(withoutEnds(signals));
            assertThat(ends(arrived)).isEqualTo(ends(signals));
            assertThat(progressed(arrived)).isEqualTo(progressed(signals));
            assertThat(texts)
                    .allSatisfy(text -> assertThat(SignalCodec.decode(text, 7))
                            .as("its own")
                            .isEmpty());
        });
    }

    private static Signal signal(RandomValues values) {
        return switch (values.intBetween(0, 5)) {
            case 0 ->
                new Signal.Ready(
                        values.intBetween(1, Integer.MAX_VALUE),
                        values.intBetween(0, 10),
                        values.longBetween(0, Long.MAX_VALUE));
            case 1 -> new Signal.Due(values.longBetween(0, Long.MAX_VALUE));
            case 2 -> new Signal.Look(values.intBetween(1, Integer.MAX_VALUE));
            case 3 -> new Signal.Room(values.intBetween(1, Integer.MAX_VALUE));
            case 4 -> new Signal.Progressed(values.list(1, 1_000, () -> values.longBetween(0, Long.MAX_VALUE)));
            default -> new Signal.Ended(values.list(1, 1_000, () -> values.longBetween(0, Long.MAX_VALUE)));
        };
    }

    @Test
    void noTextIsTooStrangeToBeRead() {
        RandomValues.times(
                500,
                values -> assertThat(SignalCodec.decode(values.text(200), 1)).isNotNull());
    }

    @Test
    void textsAreFilledBeforeTheNextIsBegun() {
        List<Long> ids = LongStream.range(0, 3_000).boxed().toList();

        List<String> texts = SignalCodec.encode(1, List.of(new Signal.Ended(ids)));

        assertThat(texts).hasSize(3);
        assertThat(texts.subList(0, 2)).allSatisfy(text -> assertThat(text).hasSizeGreaterThan(7_800));
    }

    @Test
    void nothingIsSentForNoSignals() {
        assertThat(SignalCodec.encode(1, List.of())).isEmpty();
        assertThat(SignalCodec.encode(1, List.of(new Signal.Ended(List.of())))).isEmpty();
    }

    @Test
    void aNodeThatIsNotRegisteredHearsOthersThatAreNotEither() {
        List<Signal> signals = List.of(new Signal.Look(3));

        String text = SignalCodec.encode(0, signals).get(0);

        assertThat(SignalCodec.decode(text, 0)).isEqualTo(signals);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "r",
                "r1",
                "r1:2",
                "r1:11:5",
                "r1:-1:5",
                "rx:1:1",
                "w",
                "wsoon",
                "l",
                "l99999999999",
                "e",
                "e1.5",
                "p",
                "px",
                "x7",
                "n",
                "nx",
                "€"
            })
    void wordsThatMakeNoSenseArePassedOver(String word) {
        assertThat(SignalCodec.decode(word + " l3 " + word, 1)).containsExactly(new Signal.Look(3));
    }

    @ParameterizedTest
    @CsvSource({"w-5, 0", "w9223372036854775807, 9223372036854775807"})
    void noTimeIsNegative(String text, long millis) {
        assertThat(SignalCodec.decode(text, 1)).containsExactly(new Signal.Due(millis));
    }

    private static List<Signal> withoutEnds(List<Signal> signals) {
        return signals.stream()
                .filter(s -> !(s instanceof Signal.Ended) && !(s instanceof Signal.Progressed))
                .toList();
    }

    private static List<Long> ends(List<Signal> signals) {
        List<Long> ids = new ArrayList<>();
        for (Signal signal : signals) {
            if (signal instanceof Signal.Ended ended) {
                ids.addAll(ended.ids());
            }
        }
        return ids;
    }

    private static List<Long> progressed(List<Signal> signals) {
        List<Long> ids = new ArrayList<>();
        for (Signal signal : signals) {
            if (signal instanceof Signal.Progressed progressed) {
                ids.addAll(progressed.ids());
            }
        }
        return ids;
    }
}
