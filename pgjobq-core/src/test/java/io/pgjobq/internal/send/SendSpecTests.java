package io.pgjobq.internal.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.JobSender;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is checked before anything is sent: there is no sender behind it. */
class SendSpecTests {

    private final JobSender.Spec spec = SendSpec.of(null, "emails");

    @Test
    void eachChoiceMakesANewSpec() {
        JobSender.Spec urgent = spec.priority(0);

        assertThat(urgent)
                .isNotEqualTo(spec)
                .isEqualTo(SendSpec.of(null, "emails").priority(0));
        assertThat(((SendSpec) spec).priority()).isEqualTo(JobSender.DEFAULT_PRIORITY);
    }

    @Test
    void theLastOfDelayAndInstantCounts() {
        Instant instant = Instant.parse("2030-01-01T00:00:00Z");

        SendSpec both = (SendSpec) spec.delay(Duration.ofSeconds(1)).at(instant);
        assertThat(both.delay()).isNull();
        assertThat(both.instant()).isEqualTo(instant);

        SendSpec delayed = (SendSpec) both.delay(Duration.ofSeconds(1));
        assertThat(delayed.delay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(delayed.instant()).isNull();
    }

    @Test
    void timesFarAwayAreRefusedAndTimesLongAgoAreNow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.delay(Duration.ofDays(36_501)))
                .withMessageContaining("queue 'emails': delay must not exceed 100 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.at(Instant.MAX))
                .withMessageContaining("queue 'emails': instant must be before 2200-01-01T00:00:00Z");
        assertThat(((SendSpec) spec.at(Instant.MIN)).instant()).isEqualTo(Instant.EPOCH);
        assertThat(spec.delay(Duration.ofDays(36_500))).isNotNull();
        assertThat(spec.delay(Duration.ofSeconds(-1))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10, Integer.MAX_VALUE})
    void thereAreTenPriorities(int priority) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.priority(priority))
                .withMessage("queue 'emails': priority must be from 0 (first) to 9 (last), but is " + priority);
    }

    @Test
    void attributesAddUpAndAreCopied() {
        Map<String, String> given = new HashMap<>(Map.of("a", "1", "b", "2"));
        SendSpec all = (SendSpec) spec.attributes(given).attribute("b", "3");
        given.put("c", "4");

        assertThat(all.attributes()).containsOnly(Map.entry("a", "1"), Map.entry("b", "3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "half \ud800", "\udc00 half"})
    void textThatCannotBeStoredIsRefused(String text) {
        String why = " must not hold a NUL character or half a surrogate pair";
        String shown =
                text.replace("\0", "\\u0000").replace("\ud800", "\\ud800").replace("\udc00", "\\udc00");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.attribute("a", text))
                .withMessage("queue 'emails': attribute 'a'" + why);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.attribute(text, "a"))
                .withMessage("queue 'emails': an attribute's name" + why + ", but is '" + shown + "'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.type(text))
                .withMessage("queue 'emails': type" + why + ", but is '" + shown + "'");
    }

    @Test
    void aTypeHasOneToTwoHundredCharacters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.type(""))
                .withMessageContaining("type must be 1 to 200 characters");
        assertThatIllegalArgumentException().isThrownBy(() -> spec.type("x".repeat(201)));
        assertThat(((SendSpec) spec.type("x".repeat(200))).type()).hasSize(200);
    }

    @Test
    void attributesTakeNoMoreThan64KibibytesInAll() {
        JobSender.Spec half = spec.attribute("a", "é".repeat(16 * 1024 - 20));

        assertThat(half.attribute("b", "x".repeat(32 * 1024 - 20))).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> half.attribute("b", "x".repeat(33 * 1024)))
                .withMessageContaining("queue 'emails': attributes must not take more than 65536 bytes, but take 66");
    }

    @Test
    void theMessageAboutALongTypeIsShort() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.type("x".repeat(1_000_000)))
                .withMessage("queue 'emails': type must be 1 to 200 characters, but has 1000000");
    }

    @Test
    void anAttributeNeedsAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.attribute("", "a"))
                .withMessageContaining("an attribute's name must not be empty");
    }
}
