package io.pgjobq.internal.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Jobs with a key that are no longer held, for whatever reason, of one queue; lines and ids go together.
 *
 * @param lines the lines in which they stood
 * @param ids their ids
 */
public record EndedTurns(List<Long> lines, List<Long> ids) {

    public EndedTurns {
        lines = List.copyOf(lines);
        ids = List.copyOf(ids);
    }

    /** Returns those of the jobs that have a key. */
    public static EndedTurns of(Collection<ClaimedJob> jobs) {
        List<Long> lines = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        for (ClaimedJob job : jobs) {
            KeyTurn turn = job.turn();
            if (turn != null) {
                lines.add(turn.line());
                ids.add(job.id());
            }
        }
        return new EndedTurns(lines, ids);
    }

    public boolean isEmpty() {
        return lines.isEmpty();
    }
}
