-- How many microseconds long the slices are in which the jobs of a queue's rate, as $1, are counted: a five hundredth of its time, and 10
-- milliseconds at most. Where more than a thousand jobs are allowed, a thousandth of its time, so that there are never more slices.
case
            when $1.rate_starts <= 1000 then greatest(1, least(10000, $1.rate_micros / 500))
            else greatest(1, least(10000, $1.rate_micros / 500), $1.rate_micros / 1000)
        end
