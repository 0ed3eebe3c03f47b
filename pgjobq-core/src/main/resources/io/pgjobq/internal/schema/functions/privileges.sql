-- Takes from everybody the right to call the functions, which PostgreSQL gives by itself: some run with the rights of the
-- schema's owner. Who may call which, docs/roles.sql says. Locks nothing that anybody waits for.
revoke execute on all functions in schema ${schema} from public
