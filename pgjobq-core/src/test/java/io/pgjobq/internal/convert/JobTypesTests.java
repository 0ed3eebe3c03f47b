package io.pgjobq.internal.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.JobType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobTypesTests {

    record Plain() {}

    @JobType(
            value = "named",
            aliases = {"old", "older"})
    record Named() {}

    sealed interface Family permits Child, Branch {}

    record Child() implements Family {}

    sealed interface Branch extends Family permits Leaf {}

    @JobType(value = "leaf", aliases = "blade")
    record Leaf() implements Branch {}

    record Box<T>(T content) {}

    @JobType("basket")
    static final class Basket extends ArrayList<Plain> {}

    enum Colour {
        RED,
        BLUE {
            @Override
            public String toString() {
                return "blue";
            }
        }
    }

    sealed interface Versions permits Third {}

    @JobType(value = "third", version = 3, aliases = "tertiary")
    record Third() implements Versions {}

    @JobType(value = "zeroth", version = 0)
    record Zeroth() {}

    @JobType(value = "thousandth", version = 1000)
    record Thousandth() {}

    @JobType("written@2")
    record Written() {}

    Box<Plain> boxOfPlain;
    List<?>[] arrayOfLists;

    @Test
    void theNameIsThatOfTheClassUnlessItHasAnother() {
        assertThat(JobTypes.nameOf(Plain.class)).isEqualTo("Plain");
        assertThat(JobTypes.nameOf(Named.class)).isEqualTo("named");
    }

    @Test
    void aHandlerTakesTheNameAndItsAliases() {
        assertThat(JobTypes.namesFor(Plain.class)).containsExactly("Plain");
        assertThat(JobTypes.namesFor(Named.class)).containsExactly("named", "old", "older");
    }

    @Test
    void aHandlerOfASealedTypeTakesAllItsSubtypes() {
        assertThat(JobTypes.namesFor(Family.class))
                .containsExactlyInAnyOrder("Family", "Child", "Branch", "leaf", "blade");
    }

    @Test
    void aGenericTypeHasTheNameOfItsClass() throws Exception {
        Type type = JobTypesTests.class.getDeclaredField("boxOfPlain").getGenericType();
        assertThat(type).isInstanceOf(ParameterizedType.class);
        assertThat(JobTypes.namesFor(type)).containsExactly("Box");
    }

    @Test
    void mapsListsAndAnonymousClassesHaveNoNameAndTheMessageSaysHowToGiveThemOne() {
        for (Object payload : List.of(
                Map.of("a", 1), new TreeMap<>(), List.of(), new ArrayList<>(), Set.of(), new Object() {}, (Runnable)
                        () -> {})) {
            assertThat(JobTypes.hasName(payload.getClass())).isFalse();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JobTypes.nameOf(payload.getClass()))
                    .withMessageContaining("to(\"…\").type(\"stats\").send(…)")
                    .withMessageContaining("@JobHandler(value = \"…\", types = \"stats\")");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobTypes.nameOf(Map.of().getClass()))
                .withMessageStartingWith("a Map has no type name of its own");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobTypes.namesFor(List.class))
                .withMessageStartingWith("a List has no type name of its own");
        assertThat(JobTypes.nameOf(Basket.class)).isEqualTo("basket");
    }

    @Test
    void aConstantWithAClassOfItsOwnHasTheNameOfItsEnum() {
        assertThat(JobTypes.nameOf(Colour.RED.getClass())).isEqualTo("Colour");
        assertThat(JobTypes.nameOf(Colour.BLUE.getClass())).isEqualTo("Colour");
    }

    @Test
    void aLaterVersionBelongsToTheNameUnderWhichJobsAreSentAndTheFirstDoesNot() {
        assertThat(JobTypes.nameOf(Third.class)).isEqualTo("third@3");
        assertThat(JobTypes.namesFor(Third.class)).containsExactly("third@3", "tertiary@3");
        assertThat(JobTypes.classFor(Versions.class, "tertiary")).isEqualTo(Third.class);
        assertThat(JobTypes.classFor(Versions.class, "named")).isNull();
        assertThat(JobTypes.currentName(Third.class)).isEqualTo("third");
    }

    @Test
    void versionsAreFrom1To999AndNotPartOfAName() {
        for (Class<?> wrong : List.of(Zeroth.class, Thousandth.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JobTypes.nameOf(wrong))
                    .withMessageContaining("must be from 1 to 999");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobTypes.nameOf(Written.class))
                .withMessageContaining("names 'written@2', but a version is written as version = 2");
    }

    @ParameterizedTest
    @CsvSource({
        "order, order, 1", "order@2, order, 2", "order@999, order, 999", "a@b@10, a@b, 10", "order@1, order@1, 1",
        "order@02, order@02, 1", "order@1000, order@1000, 1", "order@, order@, 1", "order@2x, order@2x, 1", "@2, '', 2"
    })
    void aNameIsReadWithItsVersionAndWrittenAgain(String stored, String name, int version) {
        assertThat(TypeName.parse(stored)).isEqualTo(new TypeName(name, version));
        assertThat(new TypeName(name, version).stored()).isEqualTo(stored);
    }

    @Test
    void aTypeWithoutAClassHasNoName() throws Exception {
        Type type = JobTypesTests.class.getDeclaredField("arrayOfLists").getGenericType();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobTypes.namesFor(type))
                .withMessageContaining("has no logical name");
    }
}
