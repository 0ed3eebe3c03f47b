-- What is planned once, when the tables may be empty, is to be right for millions of rows: along indexes, and never compiled.
${pinned}
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
