-- Types that are not among the given ones; see the function of that name. Locks nothing.
select type, jobs, example from ${schema}.unknown_types(?, ?, ?, ?)
