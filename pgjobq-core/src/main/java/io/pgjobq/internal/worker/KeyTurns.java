package io.pgjobq.internal.worker;

import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.EndedTurns;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a container is to say, and to ask, with its next claim of jobs with keys: which of those have ended here, and where the next one may
 * have its turn. Not thread-safe.
 */
final class KeyTurns {

    /** As many at once keep a claim short. */
    private static final int MOST_AT_ONCE = 1_000;

    private final Set<Long> lines = new LinkedHashSet<>();
    private final List<Long> endedLines = new ArrayList<>();
    private final List<Long> endedIds = new ArrayList<>();

    /** The next job in a line may be taken. */
    void announce(long line) {
        lines.add(line);
    }

    /** Jobs are no longer held here. */
    void ended(EndedTurns ended) {
        endedLines.addAll(ended.lines());
        endedIds.addAll(ended.ids());
    }

    boolean isEmpty() {
        return lines.isEmpty() && endedIds.isEmpty();
    }

    /** Returns what the next claim says, which is no longer to be said. */
    ClaimRequest.Turns take() {
        List<Long> asked = lines.stream().limit(MOST_AT_ONCE).toList();
        asked.forEach(lines::remove);
        int many = Math.min(endedIds.size(), MOST_AT_ONCE);
        List<Long> someLines = endedLines.subList(0, many);
        List<Long> someIds = endedIds.subList(0, many);
        ClaimRequest.Turns turns = new ClaimRequest.Turns(new EndedTurns(someLines, someIds), asked);
        someLines.clear();
        someIds.clear();
        return turns;
    }

    /** The claim failed, or its answer does not say anything of keys. */
    void restore(ClaimRequest.Turns turns) {
        lines.addAll(turns.lines());
        ended(turns.ended());
    }

    /** Learns from an answer. */
    void found(Claimed.Turns turns) {
        lines.addAll(turns.left());
    }

    /** Forgets everything, and returns what ended. */
    EndedTurns letGo() {
        EndedTurns ended = new EndedTurns(endedLines, endedIds);
        endedLines.clear();
        endedIds.clear();
        lines.clear();
        return ended;
    }
}
