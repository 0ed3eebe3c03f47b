package io.pgjobq.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueNamesTests {

    @Provide
    Arbitrary<String> valid() {
        return Combinators.combine(
                        Arbitraries.strings().alpha().numeric().ofLength(1),
                        Arbitraries.strings()
                                .alpha()
                                .numeric()
                                .withChars("._:/-")
                                .ofMaxLength(99))
                .as((first, rest) -> first + rest);
    }

    @Property
    void everyValidNameIsReturnedAsItIs(@ForAll("valid") String name) {
        assertThat(QueueNames.valid(name)).isSameAs(name);
    }

    @Property
    void oneOtherCharacterMakesANameInvalid(@ForAll("valid") String name, @ForAll char other, @ForAll int place) {
        if (other > 127 || " \0\n'\"\\(;%$".indexOf(other) >= 0) {
            int at = Math.floorMod(place, name.length() + 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> QueueNames.valid(name.substring(0, at) + other + name.substring(at)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-a", ".a", "a b", "ä", "a\n", "(deleted) 1 a", "a'; drop table x; --"})
    void aNameThatIsNotValidIsNamedWithTheRule(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QueueNames.valid(name))
                .withMessageStartingWith("queue name '" + name + "' is not valid: it must be 1 to 100 letters");
    }
}
