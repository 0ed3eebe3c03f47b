-- A migration of the application's own.
create table flyway_migrated (id int);
