package io.pgjobq.internal.settle;

import io.pgjobq.internal.store.HeldJob;
import io.pgjobq.internal.store.NodeStore;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.internal.store.SettlementStore;
import io.pgjobq.internal.support.Log;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Compares, job by job, what this node holds with what the tables say. They differ after an answer was lost, and after a
 * crash, a failover or a restore that forgot the last commits. Used by one thread.
 */
public final class ClaimAudit {

    private static final Logger LOG = Log.of(ClaimAudit.class);

    private final Function<Registration, List<HeldJob>> table;
    private final GiveBack giveBack;
    private final ClaimBook book;

    /** Gives jobs back, and whole claims. */
    @FunctionalInterface
    interface GiveBack {

        void release(List<HeldJob> jobs, long[] claims);
    }

    public ClaimAudit(NodeStore nodes, SettlementStore settlements, ClaimBook book) {
        this(nodes::held, settlements::releaseUnknown, book);
    }

    ClaimAudit(Function<Registration, List<HeldJob>> table, GiveBack giveBack, ClaimBook book) {
        this.table = table;
        this.giveBack = giveBack;
        this.book = book;
    }

    /** Compares, and puts right what differs; returns whether something was given back. */
    public boolean run(Registration registration) {
        Set<Long> before = book.held();
        List<HeldJob> said = table.apply(registration);
        forgetLost(registration, before, said);
        if (said.stream().allMatch(this::isKnown)) {
            return false;
        }
        // What ended after the first look at the table was unknown by then: it is not in the table any more.
        Set<HeldJob> unknown = new HashSet<>(said);
        unknown.removeIf(this::isKnown);
        List<HeldJob> left = new ArrayList<>(table.apply(registration));
        left.removeIf(job -> !unknown.contains(job));
        giveBack(registration, left);
        return !left.isEmpty();
    }

    private boolean isKnown(HeldJob job) {
        return job.seq() == null ? book.knows(job.claim()) : book.knows(job.claim(), job.seq());
    }

    private void giveBack(Registration registration, List<HeldJob> unknown) {
        if (unknown.isEmpty()) {
            return;
        }
        List<HeldJob> jobs = new ArrayList<>();
        Set<Long> claims = new HashSet<>();
        for (HeldJob job : unknown) {
            if (!book.knows(job.claim())) {
                claims.add(job.claim());
            } else if (job.seq() != null) {
                jobs.add(job);
            }
        }
        LOG.info(
                "node {}: gives back {} jobs and {} claims that the tables say it holds, as it does not know of them",
                registration.node(),
                jobs.size(),
                claims.size());
        giveBack.release(jobs, claims.stream().mapToLong(Long::longValue).toArray());
    }

    private void forgetLost(Registration registration, Set<Long> before, List<HeldJob> said) {
        Set<Long> lost = new HashSet<>(before);
        said.forEach(job -> lost.remove(job.claim()));
        lost.removeIf(claim -> !book.lose(claim));
        if (!lost.isEmpty()) {
            LOG.warn(
                    "node {}: {} of its claims are gone from the tables, and their jobs run elsewhere",
                    registration.node(),
                    lost.size());
        }
    }
}
