-- Cancels a job; see the function of that name for its locks. Alone in its transaction.
select cancelled, awaited from ${schema}.cancel(?)
