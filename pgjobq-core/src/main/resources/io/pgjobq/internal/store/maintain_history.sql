-- Creates the partitions that will be needed; see the function of that name for its locks. Alone in its transaction.
select ${schema}.maintain_history()
