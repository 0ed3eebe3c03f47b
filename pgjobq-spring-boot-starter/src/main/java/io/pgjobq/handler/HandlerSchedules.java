package io.pgjobq.handler;

import io.pgjobq.Handler;
import io.pgjobq.JobSchedule;
import io.pgjobq.Missed;
import io.pgjobq.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Makes the schedules of a handler. */
final class HandlerSchedules {

    /** An expression that stands for no schedule, as Spring has it. */
    private static final String NONE = "-";

    private final UnaryOperator<String> resolve;

    HandlerSchedules(UnaryOperator<String> resolve) {
        this.resolve = resolve;
    }

    /** Returns what sends jobs to the handler, to the first of its queues. */
    List<Schedule> of(JobHandlerMethod method, Handler handler, Set<String> queues) {
        List<Schedule> schedules = new ArrayList<>();
        for (JobSchedule annotation : method.schedules()) {
            if (!text(annotation.cron()).equals(NONE)) {
                schedules.add(
                        schedule(method, annotation, handler, queues.iterator().next()));
            }
        }
        return schedules;
    }

    /** Returns the names of a handler's schedules. */
    List<String> names(JobHandlerMethod method) {
        return method.schedules().stream()
                .map(annotation -> name(method, annotation))
                .toList();
    }

    private Schedule schedule(JobHandlerMethod method, JobSchedule annotation, Handler handler, String queue) {
        try {
            String name = name(method, annotation);
            Schedule.Builder schedule = Schedule.of(name, queue)
                    .type(method.parameters().takesPayload() ? type(handler) : name)
                    .payload(text(annotation.payload()))
                    .priority(annotation.priority())
                    .overlap(annotation.overlap());
            if (annotation.missed() == Missed.ALL) {
                schedule.catchUp(annotation.catchUp());
            } else {
                schedule.missed(annotation.missed());
            }
            String cron = text(annotation.cron());
            String every = text(annotation.every());
            if (cron.isEmpty() == every.isEmpty()) {
                throw new InvalidJobHandlerException(
                        method.fullDescription() + " has a @JobSchedule with "
                                + (cron.isEmpty() ? "neither cron nor every." : "both cron and every."),
                        "Give it one of both.");
            }
            return cron.isEmpty()
                    ? schedule.every(AnnotatedDuration.of("every", every)).build()
                    : schedule.cron(cron, text(annotation.zone())).build();
        } catch (IllegalArgumentException ex) {
            throw new InvalidJobHandlerException(
                    method.fullDescription() + " can't be scheduled so: " + ex.getMessage() + ".",
                    "Correct its @JobSchedule annotation.",
                    ex);
        }
    }

    /** Any of its types is one that it takes. */
    private static String type(Handler handler) {
        return handler.takesRest()
                ? ""
                : handler.types().stream().sorted().findFirst().orElse("");
    }

    private String name(JobHandlerMethod method, JobSchedule annotation) {
        String given = text(annotation.name());
        return given.isEmpty()
                ? kebab(method.targetClass().getSimpleName())
                        + "-"
                        + kebab(method.method().getName())
                : given;
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private String text(String value) {
        return resolve.apply(value).trim();
    }
}
