package io.pgjobq.internal.support;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.spi.LocationAwareLogger;

/**
 * A logger for which no text that comes from elsewhere is too odd: values and failures are written so that each message stays
 * on its line. All of pgjobq logs through it.
 */
@SuppressWarnings("serial")
public final class Log extends AbstractLogger {

    private static final String CALLED = AbstractLogger.class.getName();

    private final transient Logger target;

    private Log(Logger target) {
        this.target = target;
        this.name = target.getName();
    }

    /** Returns the logger of a class. */
    public static Logger of(Class<?> owner) {
        return new Log(LoggerFactory.getLogger(owner));
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String message,
            @Nullable Object @Nullable [] values,
            @Nullable Throwable failure) {
        @Nullable Object[] given = values == null ? new @Nullable Object[0] : values;
        @Nullable Object[] fit = new @Nullable Object[given.length];
        for (int i = 0; i < given.length; i++) {
            fit[i] = fit(given[i]);
        }
        // Liquibase's come along this way, too.
        String line = message == null ? "" : LogText.line(message);
        Throwable told = failure == null ? null : LoggedFailure.of(failure);
        if (target instanceof LocationAwareLogger aware) {
            aware.log(marker, CALLED, level.toInt(), line, fit, told);
        } else {
            target.makeLoggingEventBuilder(level).setCause(told).log(line, fit);
        }
    }

    private static @Nullable Object fit(@Nullable Object value) {
        return value == null || value instanceof Number || value instanceof Boolean
                ? value
                : LogText.line(value.toString());
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return CALLED;
    }

    @Override
    public boolean isTraceEnabled() {
        return target.isTraceEnabled();
    }

    @Override
    public boolean isTraceEnabled(Marker marker) {
        return target.isTraceEnabled(marker);
    }

    @Override
    public boolean isDebugEnabled() {
        return target.isDebugEnabled();
    }

    @Override
    public boolean isDebugEnabled(Marker marker) {
        return target.isDebugEnabled(marker);
    }

    @Override
    public boolean isInfoEnabled() {
        return target.isInfoEnabled();
    }

    @Override
    public boolean isInfoEnabled(Marker marker) {
        return target.isInfoEnabled(marker);
    }

    @Override
    public boolean isWarnEnabled() {
        return target.isWarnEnabled();
    }

    @Override
    public boolean isWarnEnabled(Marker marker) {
        return target.isWarnEnabled(marker);
    }

    @Override
    public boolean isErrorEnabled() {
        return target.isErrorEnabled();
    }

    @Override
    public boolean isErrorEnabled(Marker marker) {
        return target.isErrorEnabled(marker);
    }
}
