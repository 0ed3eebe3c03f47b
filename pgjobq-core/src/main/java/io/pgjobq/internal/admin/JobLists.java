package io.pgjobq.internal.admin;

import io.pgjobq.JobPage;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.internal.store.ListStore;
import io.pgjobq.internal.store.ListStore.Page;
import io.pgjobq.internal.store.ListStore.Position;
import io.pgjobq.internal.store.QueueNumbers;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists jobs along that index which has the fewest of those that are not asked for. Thread-safe. */
final class JobLists {

    private static final Set<JobState> DEAD = Set.of(JobState.DEAD);

    private final ListStore store;
    private final QueueNumbers queues;

    JobLists(ListStore store, QueueNumbers queues) {
        this.store = store;
        this.queues = queues;
    }

    JobPage page(JobQuery query) {
        Position after = query.after() == null ? null : Cursor.read(query, query.after());
        String name = query.filter().queue();
        Page page = page(query, name == null ? null : FilteredQueues.existing(name, queues), after);
        return new JobPage(page.jobs(), page.next() == null ? null : Cursor.write(query, page.next()));
    }

    private Page page(JobQuery query, @Nullable Integer queue, @Nullable Position after) {
        boolean ended = query.filter().finishedFrom() != null || query.filter().finishedBefore() != null;
        boolean unfinished = query.states().stream().noneMatch(JobState::isFinished);
        if (unfinished && ended) {
            return new Page(List.of(), null);
        }
        if (unfinished) {
            return store.unfinished(queue, query, after);
        }
        return query.states().equals(DEAD) ? store.dead(queue, query, after) : store.byId(queue, query, after);
    }
}
