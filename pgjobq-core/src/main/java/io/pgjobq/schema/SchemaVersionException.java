package io.pgjobq.schema;

import io.pgjobq.PgJobqException;

/** The schema is missing or older than this version of pgjobq needs. */
@SuppressWarnings("serial")
public class SchemaVersionException extends PgJobqException {

    private final String schema;
    private final int found;
    private final int required;

    public SchemaVersionException(String schema, int found, int required) {
        super("schema '" + schema + "' has version " + found + ", but version " + required + " is needed");
        this.schema = schema;
        this.found = found;
        this.required = required;
    }

    public String schema() {
        return schema;
    }

    /** Returns the version that the schema has, 0 if it is missing. */
    public int found() {
        return found;
    }

    public int required() {
        return required;
    }
}
