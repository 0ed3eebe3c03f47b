package io.pgjobq.autoconfigure;

import io.pgjobq.PgJobQ;

/** A bean of this type changes the node before it is built, after the properties have. Several are called in their order. */
@FunctionalInterface
public interface PgJobQBuilderCustomizer {

    /** Changes what the node is built of. */
    void customize(PgJobQ.Builder builder);
}
