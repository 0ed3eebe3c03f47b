package io.pgjobq.internal.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.test.RandomValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueNamesTests {

    private static final String LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    @Test
    void everyValidNameIsReturnedAsItIs() {
        RandomValues.times(1_000, values -> {
            String name = validName(values);
            assertThat(QueueNames.valid(name)).isSameAs(name);
        });
    }

    @Test
    void oneOtherCharacterMakesANameInvalid() {
        RandomValues.times(1_000, values -> {
            String name = validName(values);
            int at = values.intBetween(0, name.length());
            String invalid = name.substring(0, at) + otherCharacter(values) + name.substring(at);
            assertThatIllegalArgumentException().isThrownBy(() -> QueueNames.valid(invalid));
        });
    }

    private static String validName(RandomValues values) {
        return values.text(1, 1, LETTERS_AND_DIGITS) + values.text(0, 99, LETTERS_AND_DIGITS + "._:/-");
    }

    private static String otherCharacter(RandomValues values) {
        return values.chance(0.5)
                ? values.text(1, 1, " \0\n'\"\\(;%$")
                : String.valueOf((char) values.intBetween(128, Character.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-a", ".a", "a b", "ä", "a\n", "(deleted) 1 a", "a'; drop table x; --"})
    void aNameThatIsNotValidIsNamedWithTheRule(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QueueNames.valid(name))
                .withMessageStartingWith("queue name '" + name + "' is not valid: it must be 1 to 100 letters");
    }
}
