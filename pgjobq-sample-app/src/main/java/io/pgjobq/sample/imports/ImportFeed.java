package io.pgjobq.sample.imports;

import io.pgjobq.sample.imports.BrokenLines.BrokenLine;
import io.pgjobq.sample.imports.ImportRepository.Import;
import io.pgjobq.sample.imports.ImportRepository.Share;
import io.pgjobq.sample.live.LiveItem;
import io.pgjobq.sample.live.LiveSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Shows how far the latest import is. */
@Component
class ImportFeed implements LiveSource {

    private final ImportRepository imports;
    private final BrokenLines brokenLines;

    ImportFeed(ImportRepository imports, BrokenLines brokenLines) {
        this.imports = imports;
        this.brokenLines = brokenLines;
    }

    @Override
    public List<LiveItem> items() {
        List<BrokenLine> broken = brokenLines.all();
        Stream<LiveItem> progress = imports.latest().stream()
                .map(latest -> LiveItem.single("import", progress(latest, imports.shares(latest.id()), broken)));
        return Stream.concat(progress, Stream.of(LiveItem.single("broken-lines", broken)))
                .toList();
    }

    private static Progress progress(Import latest, List<Share> shares, List<BrokenLine> broken) {
        long dead = broken.stream()
                .filter(line -> line.line().importId() == latest.id())
                .count();
        Instant lastRow = shares.stream()
                .map(Share::latest)
                .filter(latestRow -> latestRow.isAfter(latest.startedAt()))
                .max(Comparator.naturalOrder())
                .orElse(latest.startedAt());
        return new Progress(
                latest.id(),
                latest.fileName(),
                latest.lines(),
                shares.stream().mapToLong(Share::rows).sum(),
                dead,
                shares.stream().mapToLong(Share::rowsBeforeRepairs).sum(),
                Duration.between(latest.startedAt(), lastRow).toMillis(),
                shares.stream()
                        .map(share -> new NodeShare(share.node(), share.rows()))
                        .toList());
    }

    /**
     * How far an import is.
     *
     * @param dead the lines that nobody has repaired yet
     * @param rowsBeforeRepairs the rows that were stored before anybody ran broken lines again
     * @param millis from the start to the latest of those
     */
    record Progress(
            long id,
            String fileName,
            int lines,
            long done,
            long dead,
            long rowsBeforeRepairs,
            long millis,
            List<NodeShare> nodes) {}

    /** How many rows a copy of the sample has stored. */
    record NodeShare(String node, long rows) {}
}
