-- Cancels a job, or asks the node that holds it to do so; see the function of that name for its locks. Alone in its transaction.
select outcome, awaited from ${schema}.cancel(?, ?)
