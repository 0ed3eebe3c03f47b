-- Each row is looked up along an index, as there are few, and nothing is read as a whole to be joined.
${along_indexes}
set enable_hashjoin = off
set enable_mergejoin = off
