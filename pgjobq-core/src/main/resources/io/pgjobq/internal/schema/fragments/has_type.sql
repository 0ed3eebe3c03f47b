-- Whether type $1 is the one that is meant by $2, null for any: exactly, or in whatever version.
($2 is null or $1 = $2 or ${type_name($1)} = $2)
