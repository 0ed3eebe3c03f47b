package io.pgjobq.benchmarks.systems;

import java.util.List;

/** All systems, in the order in which they are reported. */
public final class Systems {

    /** What the others are measured against. */
    public static final QueueSystem FLOOR = new Floor();

    /** pgjobq without history of succeeded jobs, as most peers have none. */
    public static final PgJobQSystem PGJOBQ = new PgJobQSystem(false);

    /** pgjobq with all defaults. */
    public static final PgJobQSystem PGJOBQ_HISTORY = new PgJobQSystem(true);

    /** All. */
    public static final List<QueueSystem> ALL = List.of(
            FLOOR,
            PGJOBQ,
            PGJOBQ_HISTORY,
            new JobRunrSystem(),
            new DbScheduler(false),
            new DbScheduler(true),
            new Quartz(),
            new SkipLocked(),
            new Graphile());

    private Systems() {}

    /** Returns the system with the name. */
    public static QueueSystem named(String name) {
        return ALL.stream()
                .filter(system -> system.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("system '" + name + "' is not known; there are "
                        + ALL.stream().map(QueueSystem::name).toList()));
    }
}
