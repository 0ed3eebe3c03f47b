package io.pgjobq.test;

import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.schema.SchemaScript;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** A migrated schema with the roles that are shipped, called after it; roles belong to the whole server. */
public record TestRoles(TestDatabase database, String schema) {

    private static final List<String> GROUPS = List.of("owner", "worker", "sender", "waiter", "reader");

    /** Makes a schema, and applies the shipped script. */
    public static TestRoles on(TestDatabase database) {
        String schema = "s" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        new SchemaMigration(database.dataSource(), schema).migrate();
        GROUPS.forEach(group -> database.dropLater(schema + "_" + group));
        database.execute(SchemaScript.rolesFor(schema));
        return new TestRoles(database, schema);
    }

    /** A login that is a member of those roles, such as {@code sender}. */
    public TestDatabase.Login login(String... groups) {
        return database.login(
                Arrays.stream(groups).map(group -> schema + "_" + group).toArray(String[]::new));
    }
}
