-- A payload that was too large to come along with the claim; see the function of that name. Locks nothing.
select payload from ${schema}.payload(?)
