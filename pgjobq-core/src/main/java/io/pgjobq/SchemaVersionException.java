package io.pgjobq;

/** The schema is missing, or older than this release needs, and nobody is to migrate it. */
@SuppressWarnings("serial")
public class SchemaVersionException extends PgJobqException {

    private final String schema;
    private final int found;
    private final int required;

    public SchemaVersionException(String schema, int found, int required) {
        super(
                found == 0
                        ? "schema '" + schema + "' has no pgjobq tables; version " + required + " is needed"
                        : "schema '" + schema + "' has version " + found + " of pgjobq's tables; version " + required
                                + " is needed");
        this.schema = schema;
        this.found = found;
        this.required = required;
    }

    /** Returns the schema's name. */
    public String schema() {
        return schema;
    }

    /** Returns the version that was found, 0 if none. */
    public int found() {
        return found;
    }

    /** Returns the version that is needed. */
    public int required() {
        return required;
    }
}
