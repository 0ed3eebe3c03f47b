package io.pgjobq.worker;

import io.pgjobq.notify.Vacancies.Vacancy;
import io.pgjobq.store.ClaimedJob;
import io.pgjobq.store.Place;
import java.util.List;
import java.util.function.Consumer;

/** A place in a container's workload, and the id of a claim, for a job that is being sent. Used by the sender's thread. */
final class Reservation implements Vacancy {

    private final Place place;
    private final ClaimBook book;
    private final Consumer<ClaimedJob> start;
    private final Runnable free;
    private final Runnable onClaimLost;

    /**
     * @param start lets the job run that the place was kept for
     * @param free lets others have the place
     * @param onClaimLost is run when a claim may have been made without this node's knowing
     */
    Reservation(Place place, ClaimBook book, Consumer<ClaimedJob> start, Runnable free, Runnable onClaimLost) {
        this.place = place;
        this.book = book;
        this.start = start;
        this.free = free;
        this.onClaimLost = onClaimLost;
        book.asking(place.claim(), place.claim());
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public void fill(ClaimedJob job) {
        book.taken(List.of(job));
        book.answered(place.claim());
        start.accept(job);
    }

    @Override
    public void leave() {
        book.answered(place.claim());
        free.run();
    }

    @Override
    public void lose() {
        leave();
        onClaimLost.run();
    }
}
