package io.pgjobq.sample.imports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads a line strictly. It knows nothing of jobs. */
final class OrderParser {

    static final List<String> COLUMNS =
            List.of("order_number", "ordered_on", "customer", "email", "product", "quantity", "unit_price");

    private static final Pattern NUMBER = Pattern.compile("SO-\\d{6}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s,]+@[^@\\s,]+\\.[a-z]{2,}");

    private OrderParser() {}

    /**
     * Returns the order.
     *
     * @throws BrokenLineException if the line is not valid
     */
    static Order parse(String line) {
        return order(fields(line, CSVFormat.RFC4180));
    }

    /** Splits the line, which is a record of its own: a stray quote does not swallow the lines that follow. */
    static List<String> fields(String line, CSVFormat format) {
        try (CSVParser parser = CSVParser.parse(line, format)) {
            return parser.getRecords().stream()
                    .findFirst()
                    .map(CSVRecord::toList)
                    .orElse(List.of());
        } catch (IOException | UncheckedIOException e) {
            throw new BrokenLineException("a quotation mark is opened and not closed, or stands where none may");
        }
    }

    static Order order(List<String> fields) {
        if (fields.size() != COLUMNS.size()) {
            throw new BrokenLineException("expected " + COLUMNS.size() + " columns, but there are " + fields.size());
        }
        return new Order(
                matching(NUMBER, "order_number", fields.get(0)),
                date(fields.get(1)),
                present("customer", fields.get(2)),
                matching(EMAIL, "email", fields.get(3)),
                present("product", fields.get(4)),
                quantity(fields.get(5)),
                price(fields.get(6)));
    }

    private static String present(String column, String value) {
        if (value.isBlank()) {
            throw new BrokenLineException(column + " is empty");
        }
        return value;
    }

    private static String matching(Pattern pattern, String column, String value) {
        if (!pattern.matcher(value).matches()) {
            throw new BrokenLineException(column + " is not valid: '" + value + "'");
        }
        return value;
    }

    private static LocalDate date(String value) {
        try {
            return LocalDate.parse(value);
        } catch (DateTimeParseException e) {
            throw new BrokenLineException("ordered_on is not a date like 2026-11-22: '" + value + "'");
        }
    }

    private static int quantity(String value) {
        try {
            int quantity = Integer.parseInt(value);
            if (quantity > 0) {
                return quantity;
            }
        } catch (NumberFormatException e) {
            // the message below says it
        }
        throw new BrokenLineException("quantity is not a positive whole number: '" + value + "'");
    }

    private static BigDecimal price(String value) {
        try {
            BigDecimal price = new BigDecimal(value);
            if (price.signum() >= 0 && price.scale() <= 2) {
                return price;
            }
        } catch (NumberFormatException e) {
            // the message below says it
        }
        throw new BrokenLineException("unit_price is not an amount like 12.50: '" + value + "'");
    }
}
