package io.pgjobq.test;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Keeps one server for the run (root store) and one database for each outermost test class (class store). */
final class PostgresExtension implements BeforeAllCallback, TestInstancePostProcessor, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(PostgresExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) throws IllegalAccessException {
        // Created here and not on first use, so that nested classes find the database of the class around them.
        inject(context.getRequiredTestClass(), null, database(context));
    }

    @Override
    public void postProcessTestInstance(Object instance, ExtensionContext context) throws IllegalAccessException {
        inject(instance.getClass(), instance, database(context));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestDatabase.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return database(context);
    }

    private static TestDatabase database(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .computeIfAbsent(TestDatabase.class, key -> createDatabase(context), TestDatabase.class);
    }

    private static TestDatabase createDatabase(ExtensionContext context) {
        PgBouncerMode mode = PgBouncerMode.from(context::getConfigurationParameter);
        ServerAddress server = server(context).address();
        return TestDatabase.createOn(
                server,
                mode == PgBouncerMode.OFF ? server : pgBouncer(context, server).address(),
                mode);
    }

    private static PgBouncer pgBouncer(ExtensionContext context, ServerAddress server) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(PgBouncer.class, key -> PgBouncer.start(server), PgBouncer.class);
    }

    private static PostgresServer server(ExtensionContext context) {
        ExtensionContext root = context.getRoot();
        return root.getStore(NAMESPACE)
                .computeIfAbsent(
                        PostgresServer.class,
                        key -> ServerChoice.from(root::getConfigurationParameter)
                                .start(),
                        PostgresServer.class);
    }

    private static void inject(Class<?> type, @Nullable Object instance, TestDatabase database)
            throws IllegalAccessException {
        for (Field field : ReflectionSupport.findFields(
                type, field -> isTarget(field, instance == null), HierarchyTraversalMode.TOP_DOWN)) {
            field.setAccessible(true);
            field.set(instance, database);
        }
    }

    private static boolean isTarget(Field field, boolean wantsStatic) {
        return field.getType() == TestDatabase.class
                && !Modifier.isFinal(field.getModifiers())
                && Modifier.isStatic(field.getModifiers()) == wantsStatic;
    }
}
