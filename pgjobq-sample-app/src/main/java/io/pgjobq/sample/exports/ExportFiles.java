package io.pgjobq.sample.exports;

import io.pgjobq.sample.SampleProperties;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.springframework.stereotype.Component;

/** A folder of files, each named after its job, so that an attempt which is made again replaces what the last one wrote. */
@Component
class ExportFiles {

    private final Path directory;

    ExportFiles(SampleProperties sample) throws IOException {
        this.directory = Files.createDirectories(sample.exportDirectory());
    }

    /** Something that writes a file, and may be interrupted. */
    @FunctionalInterface
    interface Content {

        void writeTo(Writer writer) throws IOException, InterruptedException;
    }

    /** Nobody sees half a file, and nothing is left of one that is given up. */
    void write(long jobId, Content content) throws IOException, InterruptedException {
        Path draft = Files.createTempFile(directory, "orders", ".tmp");
        try {
            try (Writer writer = Files.newBufferedWriter(draft)) {
                content.writeTo(writer);
            }
            Files.move(draft, of(jobId), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    boolean has(long jobId) {
        return Files.exists(of(jobId));
    }

    Path of(long jobId) {
        return directory.resolve(name(jobId));
    }

    static String name(long jobId) {
        return "orders-%06d.csv".formatted(jobId);
    }
}
