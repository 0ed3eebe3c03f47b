package io.pgjobq.internal.store;

import io.pgjobq.JobError;
import io.pgjobq.ScheduledTime;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The JSON of attributes and errors. What another program wrote wrongly is read as far as it makes sense. */
public final class StoredJson {

    private static final JsonMapper MAPPER = new JsonMapper();

    private StoredJson() {}

    /** Writes attributes, {@code null} for none. */
    public static @Nullable String write(Map<String, String> attributes) {
        return attributes.isEmpty() ? null : MAPPER.writeValueAsString(attributes);
    }

    /** Reads attributes. */
    public static Map<String, String> attributes(@Nullable String json) {
        if (json == null) {
            return Map.of();
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : tree(json).properties()) {
            attributes.put(entry.getKey(), text(entry.getValue()));
        }
        return Map.copyOf(attributes);
    }

    /** Returns for which time a schedule has sent a job with these attributes, empty if none has. */
    public static Optional<ScheduledTime> scheduled(@Nullable String json) {
        // Most jobs have no attributes, and need not be read for that.
        if (json == null || !json.contains("pgjobq.schedule")) {
            return Optional.empty();
        }
        Map<String, String> attributes = attributes(json);
        String schedule = attributes.get("pgjobq.schedule");
        Instant time = moment(attributes.get("pgjobq.scheduled-at"));
        return schedule == null || time == null
                ? Optional.empty()
                : Optional.of(new ScheduledTime(schedule, time, moment(attributes.get("pgjobq.previously-at"))));
    }

    private static @Nullable Instant moment(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException ex) {
            return null;
        }
    }

    static List<JobError> errors(@Nullable String json) {
        List<JobError> errors = new ArrayList<>();
        if (json != null) {
            for (JsonNode node : tree(json)) {
                errors.add(error(node));
            }
        }
        return List.copyOf(errors);
    }

    static JobError error(String json) {
        return error(tree(json));
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException ex) {
            // PostgreSQL nests deeper than Jackson reads.
            return MissingNode.getInstance();
        }
    }

    private static JobError error(JsonNode node) {
        return new JobError(
                node.path("attempt").asInt(0),
                time(node.path("at")),
                text(node.path("type")),
                text(node.path("message")),
                text(node.path("stack")));
    }

    private static Instant time(JsonNode node) {
        try {
            return OffsetDateTime.parse(text(node)).toInstant();
        } catch (DateTimeParseException ex) {
            return Instant.EPOCH;
        }
    }

    private static String text(JsonNode node) {
        return node.isString() ? node.asString() : node.isMissingNode() ? "" : node.toString();
    }
}
