-- The seq in that lane of a job that waits until $1.
(extract(epoch from $1) * 1000000.0)::bigint
