package io.pgjobq.autoconfigure;

import io.pgjobq.PromptSockets;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** Brings into a native image the statements and the change log, and what the driver makes by its name. */
final class PgJobqRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/pgjobq/**");
        hints.reflection().registerType(PromptSockets.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
    }
}
