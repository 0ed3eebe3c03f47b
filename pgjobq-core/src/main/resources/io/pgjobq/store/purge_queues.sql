-- Removes what deleted queues have left; see the function of that name for its locks.
select awaited from ${schema}.purge_queues()
