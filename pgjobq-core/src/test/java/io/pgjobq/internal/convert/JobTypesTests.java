package io.pgjobq.internal.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.JobType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

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

    List<Plain> listOfPlain;
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
        Type type = JobTypesTests.class.getDeclaredField("listOfPlain").getGenericType();
        assertThat(type).isInstanceOf(ParameterizedType.class);
        assertThat(JobTypes.namesFor(type)).contains("List");
    }

    @Test
    void aTypeWithoutAClassHasNoName() throws Exception {
        Type type = JobTypesTests.class.getDeclaredField("arrayOfLists").getGenericType();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobTypes.namesFor(type))
                .withMessageContaining("has no logical name");
    }
}
