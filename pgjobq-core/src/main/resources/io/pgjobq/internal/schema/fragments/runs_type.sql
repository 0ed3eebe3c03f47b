-- Whether a node that asks for types $1 runs jobs of type $2: all if that is null, else those, and none if it is empty. If null comes first, it has handlers
-- for the others, and one for all the rest; later versions of what it has handlers for are not that one's.
($1 is null or $2 = any ($1) or cardinality($1) > 0 and $1[1] is null and ${type_name($2)} <> all ($1[2:]))
