package io.pgjobq.internal.engine;

import io.pgjobq.internal.maintenance.Maintenance;
import io.pgjobq.internal.worker.Upkeep;

/** Takes what containers notice to the maintenance. Thread-safe. */
record MaintenanceUpkeep(Maintenance maintenance) implements Upkeep {

    @Override
    public void claimInDoubt() {
        maintenance.reclaimOrphans();
    }

    @Override
    public void partitionMissing() {
        maintenance.lookAfterHistorySoon();
    }
}
