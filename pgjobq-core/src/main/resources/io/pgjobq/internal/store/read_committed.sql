-- Gives the transaction, of which it is the first statement, the isolation that pgjobq relies on. Locks nothing.
set transaction isolation level read committed
