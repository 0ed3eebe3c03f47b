package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

class ResultTypeTests {

    private static final PayloadConverter JSON = new JacksonPayloadConverter();

    record Order(int number) {}

    private static @Nullable Object read(Type type, String json) {
        return ResultType.of("job 7", type).read(7, json.getBytes(StandardCharsets.UTF_8), JSON);
    }

    @Test
    void genericTypesAreReadAsWhatTheyAre() {
        assertThat(read(new ParameterizedTypeReference<List<Order>>() {}.getType(), "[{\"number\": 1}]"))
                .isEqualTo(List.of(new Order(1)));
        assertThat(read(new ParameterizedTypeReference<Map<String, List<Order>>>() {}.getType(), "{\"a\": []}"))
                .isEqualTo(Map.of("a", List.of()));
        assertThat((List<?>[])
                        read(new ParameterizedTypeReference<List<Order>[]>() {}.getType(), "[[{\"number\": 2}]]"))
                .containsExactly(List.of(new Order(2)));
    }

    @Test
    void plainTypesAreReadAsBefore() {
        assertThat(read(Order.class, "{\"number\": 1}")).isEqualTo(new Order(1));
        assertThat(read(int.class, "4")).isEqualTo(4);
        assertThat(read(byte[].class, "x")).isEqualTo(new byte[] {'x'});
        assertThat(read(Void.class, "{}")).isNull();
        assertThat(read(Order.class, "null")).isNull();
        assertThat(ResultType.NONE.read(7, null, JSON)).isNull();
    }

    @Test
    void aWrongTypeIsToldOfInOneSentence() {
        assertThatThrownBy(() -> read(new ParameterizedTypeReference<List<Order>>() {}.getType(), "{\"secret\": 1}"))
                .isInstanceOf(PayloadConversionException.class)
                .hasMessageStartingWith("job 7: its result can't be read: the stored JSON can't be read as"
                        + " java.util.List<io.pgjobq.internal.completion.ResultTypeTests$Order>: ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aConverterThatReadsSomethingElseIsFoundOut() {
        PayloadConverter wrong = new PayloadConverter() {

            @Override
            public byte[] write(Object value) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Object read(byte[] bytes, Type type) {
                return "text";
            }
        };
        assertThatThrownBy(() -> new ResultType(Order.class).read(7, new byte[] {1}, wrong))
                .isInstanceOf(PayloadConversionException.class)
                .hasMessage("job 7: its result was wanted as " + Order.class.getTypeName()
                        + ", but the converter has made a java.lang.String of it");
    }

    private static <T> Type listOf() {
        return new ParameterizedTypeReference<Map<String, List<T>>>() {}.getType();
    }

    @Test
    void aTypeVariableIsRefusedBeforeAnythingIsRead() {
        assertThatThrownBy(() -> ResultType.of("queue 'work'", listOf()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "queue 'work': a result can't be read as java.util.Map<java.lang.String, java.util.List<T>>,"
                                + " since nobody knows what its type variable T stands for; name the type itself, where the"
                                + " reference to it is made");
    }
}
