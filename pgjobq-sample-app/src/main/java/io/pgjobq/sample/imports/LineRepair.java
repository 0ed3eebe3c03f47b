package io.pgjobq.sample.imports;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;

/** Repairs the mistakes of which there is no doubt about what was meant. What is missing stays missing. */
final class LineRepair {

    private static final CSVFormat SEMICOLONS =
            CSVFormat.RFC4180.builder().setDelimiter(';').get();

    private LineRepair() {}

    /**
     * Returns the order that was meant.
     *
     * @throws BrokenLineException if that is not clear
     */
    static Order parse(String line) {
        List<String> fields = readings(line)
                .filter(reading -> reading.size() == OrderParser.COLUMNS.size())
                .findFirst()
                .orElseGet(() -> OrderParser.fields(line, CSVFormat.RFC4180));
        return OrderParser.order(IntStream.range(0, fields.size())
                .mapToObj(i -> repair(i, fields.get(i)))
                .toList());
    }

    /** As it stands, with semicolons, and with each quotation mark left out in turn. */
    private static Stream<List<String>> readings(String line) {
        Stream<List<String>> unquoted = IntStream.range(0, line.length())
                .filter(i -> line.charAt(i) == '"')
                .mapToObj(i -> split(line.substring(0, i) + line.substring(i + 1), CSVFormat.RFC4180));
        return Stream.concat(Stream.of(split(line, CSVFormat.RFC4180), split(line, SEMICOLONS)), unquoted);
    }

    private static List<String> split(String line, CSVFormat format) {
        try {
            return OrderParser.fields(line, format);
        } catch (BrokenLineException e) {
            return List.of();
        }
    }

    private static String repair(int column, String value) {
        String trimmed = value.trim();
        return switch (OrderParser.COLUMNS.get(column)) {
            case "ordered_on" -> trimmed.replaceFirst("^(\\d\\d)\\.(\\d\\d)\\.(\\d{4})$", "$3-$2-$1");
            case "email" -> trimmed.replaceFirst("\\(at\\)| at ", "@").replace(',', '.');
            case "quantity" -> trimmed.replace('O', '0');
            case "unit_price" -> trimmed.replace("€", "").trim().replaceFirst(",(\\d\\d)$", ".$1");
            default -> trimmed;
        };
    }
}
