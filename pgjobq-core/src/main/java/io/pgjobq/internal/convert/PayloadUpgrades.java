package io.pgjobq.internal.convert;

import io.pgjobq.Handler;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import io.pgjobq.PayloadUpgrade;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What brings the payloads of a queue's jobs to the versions that its handlers know. Immutable. */
public final class PayloadUpgrades {

    /** By the type as stored; those that need no step are not there. */
    private final Map<String, List<PayloadUpgrade>> steps = new HashMap<>();

    /**
     * @throws IllegalArgumentException if a step is missing, or there are two of it
     */
    public PayloadUpgrades(String queue, List<Handler> handlers, List<PayloadUpgrade> upgrades) {
        Map<TypeName, PayloadUpgrade> known = new HashMap<>();
        for (PayloadUpgrade upgrade : upgrades) {
            if (known.put(new TypeName(upgrade.type(), upgrade.fromVersion()), upgrade) != null) {
                throw new IllegalArgumentException("there are two upgrades of type '" + upgrade.type()
                        + "' from version " + upgrade.fromVersion() + "; keep one");
            }
        }
        for (Handler handler : handlers) {
            for (String type : handler.types()) {
                add(queue, handler, TypeName.parse(type), known);
            }
        }
    }

    private void add(String queue, Handler handler, TypeName latest, Map<TypeName, PayloadUpgrade> known) {
        String current = currentName(handler, latest.name());
        List<PayloadUpgrade> chain = List.of();
        for (int version = latest.version() - 1; version >= 1; version--) {
            PayloadUpgrade step = known.get(new TypeName(current, version));
            if (step == null) {
                throw new IllegalArgumentException("queue '" + queue + "': " + handler.description() + " takes version "
                        + latest.version() + " of '" + current + "', but nothing brings payloads from version "
                        + version
                        + " to " + (version + 1) + "; add a PayloadUpgrade of type '" + current + "' and fromVersion "
                        + version);
            }
            List<PayloadUpgrade> longer = new ArrayList<>();
            longer.add(step);
            longer.addAll(chain);
            chain = List.copyOf(longer);
            steps.put(new TypeName(latest.name(), version).stored(), chain);
        }
    }

    /** Jobs that were sent under an alias go the way of the name that has taken its place. */
    private static String currentName(Handler handler, String name) {
        Type payload = handler.payloadType();
        Type raw = payload instanceof ParameterizedType generic ? generic.getRawType() : payload;
        Class<?> type = raw instanceof Class<?> plain ? JobTypes.classFor(plain, name) : null;
        return type == null ? name : JobTypes.currentName(type);
    }

    /**
     * Returns a payload in the version that the handler knows.
     *
     * @param type as stored
     * @throws PayloadConversionException if a step fails
     */
    public byte[] upgraded(String type, byte[] payload, PayloadConverter converter) {
        @Nullable List<PayloadUpgrade> missing = steps.isEmpty() ? null : steps.get(type);
        if (missing == null) {
            return payload;
        }
        byte[] upgraded = payload;
        for (PayloadUpgrade step : missing) {
            upgraded = upgraded(step, upgraded, converter);
        }
        return upgraded;
    }

    private static byte[] upgraded(PayloadUpgrade step, byte[] payload, PayloadConverter converter) {
        try {
            return step.upgrade(payload, converter);
        } catch (PayloadConversionException ex) {
            throw new PayloadConversionException(failure(step) + ": " + ex.getMessage(), ex);
        } catch (RuntimeException | StackOverflowError ex) {
            throw new PayloadConversionException(failure(step), ex);
        }
    }

    private static String failure(PayloadUpgrade step) {
        return "the upgrade of type '" + step.type() + "' from version " + step.fromVersion() + " to "
                + (step.fromVersion() + 1) + " failed";
    }
}
