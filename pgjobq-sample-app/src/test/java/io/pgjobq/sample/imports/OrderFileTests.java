package io.pgjobq.sample.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;

class OrderFileTests {

    @Test
    void mostLinesOfTheFileAreValidAndMostOfTheOthersCanBeRepaired() throws IOException {
        List<String> lines = new ClassPathResource("data/orders.csv")
                .getContentAsString(StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .toList();

        assertThat(lines).hasSize(5000);
        assertThat(broken(lines, OrderParser::parse)).isEqualTo(64);
        assertThat(broken(lines, LineRepair::parse)).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            SO-100201,2025-01-02,Ada Baker,ada@example.org,Rake,3                   | expected 7 columns, but there are 6
            SO-1002,2025-01-02,Ada Baker,ada@example.org,Rake,3,29.90               | order_number is not valid: 'SO-1002'
            SO-100201,02.01.2025,Ada Baker,ada@example.org,Rake,3,29.90             | ordered_on is not a date like 2026-11-22: '02.01.2025'
            SO-100201,2025-01-02,,ada@example.org,Rake,3,29.90                      | customer is empty
            SO-100201,2025-01-02,Ada Baker,ada,Rake,3,29.90                         | email is not valid: 'ada'
            SO-100201,2025-01-02,Ada Baker,ada@example.org,Rake,1O,29.90            | quantity is not a positive whole number: '1O'
            SO-100201,2025-01-02,Ada Baker,ada@example.org,Rake,3,"29,90"           | unit_price is not an amount like 12.50: '29,90'
            SO-100201,2025-01-02,"Ada Baker,ada@example.org,Rake,3,29.90            | a quotation mark is opened and not closed, or stands where none may
            """)
    void saysWhatIsWrongWithALine(String line, String message) {
        assertThatExceptionOfType(BrokenLineException.class)
                .isThrownBy(() -> OrderParser.parse(line))
                .withMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SO-100201,02.01.2025,Ada Baker,ada@example.org,\"Hose, 25 m\",10,29.90",
                "SO-100201,2025-01-02,Ada Baker,ada(at)example.org,\"Hose, 25 m\",10,29.90",
                "SO-100201,2025-01-02,Ada Baker,ada at example.org,\"Hose, 25 m\",10,29.90",
                "SO-100201,2025-01-02,Ada Baker,\"ada@example,org\",\"Hose, 25 m\",10,29.90",
                "SO-100201,2025-01-02,Ada Baker,ada@example.org,\"Hose, 25 m\",1O,29.90",
                "SO-100201,2025-01-02,Ada Baker,ada@example.org,\"Hose, 25 m\",10,\"29,90\"",
                "SO-100201,2025-01-02,Ada Baker,ada@example.org,\"Hose, 25 m\",10,€ 29.90",
                "SO-100201,2025-01-02,\"Ada Baker,ada@example.org,\"Hose, 25 m\",10,29.90",
                "SO-100201;2025-01-02;Ada Baker;ada@example.org;Hose, 25 m;10;29.90"
            })
    void repairsWhatIsClear(String line) {
        assertThatExceptionOfType(BrokenLineException.class).isThrownBy(() -> OrderParser.parse(line));

        assertThat(LineRepair.parse(line))
                .isEqualTo(OrderParser.parse("SO-100201,2025-01-02,Ada Baker,ada@example.org,\"Hose, 25 m\",10,29.90"));
    }

    private static long broken(List<String> lines, Function<String, Order> parser) {
        return lines.stream()
                .filter(line -> {
                    try {
                        parser.apply(line);
                        return false;
                    } catch (BrokenLineException e) {
                        return true;
                    }
                })
                .count();
    }
}
