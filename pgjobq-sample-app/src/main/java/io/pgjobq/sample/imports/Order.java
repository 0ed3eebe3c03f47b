package io.pgjobq.sample.imports;

import java.math.BigDecimal;
import java.time.LocalDate;

/** A line of the file, once it is understood. */
record Order(
        String number,
        LocalDate orderedOn,
        String customer,
        String email,
        String product,
        int quantity,
        BigDecimal unitPrice) {}
