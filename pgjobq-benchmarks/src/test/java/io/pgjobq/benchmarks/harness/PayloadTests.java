package io.pgjobq.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class PayloadTests {

    @Test
    void hasTheWantedLengthAndTellsItsJob() {
        assertThat(Payload.of(12_345, 140)).hasSize(140);
        assertThat(Payload.job(Payload.of(12_345, 140))).isEqualTo(12_345);
    }

    @Test
    void cannotBeMadeMuchSmaller() {
        Deflater deflater = new Deflater();
        deflater.setInput(Payload.of(1, 20_000).getBytes(StandardCharsets.UTF_8));
        deflater.finish();
        int length = deflater.deflate(new byte[30_000]);
        deflater.end();
        assertThat(length).isGreaterThan(14_000);
    }
}
