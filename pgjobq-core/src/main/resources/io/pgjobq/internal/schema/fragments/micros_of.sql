-- A moment, in microseconds since 1970.
(extract(epoch from $1) * 1000000.0)::bigint
