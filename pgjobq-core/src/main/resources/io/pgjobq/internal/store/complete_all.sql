-- Ends the jobs of a batch inside their handler's transaction; see the function of that name for its locks.
select held, awaited, at
from ${schema}.complete_all(?, ?, ?, ?, ?)
