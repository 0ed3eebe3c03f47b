-- Ends one job inside its handler's transaction; see the function of that name for its locks. No row if the
-- job was lost.
select awaited, at
from ${schema}.complete(?, ?, ?, ?, ?)
where awaited is not null
