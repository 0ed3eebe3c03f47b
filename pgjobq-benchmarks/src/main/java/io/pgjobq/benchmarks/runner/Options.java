package io.pgjobq.benchmarks.runner;

import io.pgjobq.benchmarks.runner.Catalogue.Item;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import io.pgjobq.benchmarks.workloads.Size;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param quick the quick form, rather than the full one
 * @param items the workloads
 * @param systems the systems
 * @param chosen whether the command line names workloads or systems, which are then run in all rounds
 * @param rounds how many rounds count; one before them lets this process get warm
 * @param size how much is asked for
 */
public record Options(
        boolean quick, List<Item> items, List<QueueSystem> systems, boolean chosen, int rounds, Size size) {

    private static final int FULL_ROUNDS = 5;

    /** Reads the command line. */
    public static Options parse(List<String> arguments) {
        Options options = form(arguments.isEmpty() ? "quick" : arguments.get(0));
        for (String argument : arguments.subList(Math.min(1, arguments.size()), arguments.size())) {
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw unknown(argument);
            }
            options = options.with(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return options;
    }

    private static Options form(String form) {
        return switch (form) {
            case "quick" -> new Options(true, Catalogue.ALL, Systems.ALL, false, 1, Size.QUICK);
            case "full" -> new Options(false, Catalogue.ALL, Systems.ALL, false, FULL_ROUNDS, Size.FULL);
            default -> throw unknown(form);
        };
    }

    private static IllegalArgumentException unknown(String argument) {
        return new IllegalArgumentException("argument '" + argument + "' is not known; say 'quick' or 'full', then"
                + " --workloads=a,b --systems=a,b --rounds=5 --jobs=100000 --limit=10 (seconds), or 'report FILE'");
    }

    private Options with(String option, String value) {
        return switch (option) {
            case "--workloads" ->
                new Options(
                        quick,
                        Arrays.stream(value.split(",")).map(Options::item).toList(),
                        systems,
                        true,
                        rounds,
                        size);
            case "--systems" ->
                new Options(
                        quick,
                        items,
                        Arrays.stream(value.split(",")).map(Systems::named).toList(),
                        true,
                        rounds,
                        size);
            case "--rounds" -> new Options(quick, items, systems, chosen, number(option, value), size);
            case "--jobs" -> new Options(quick, items, systems, chosen, rounds, size.withJobs(number(option, value)));
            case "--limit" -> {
                Duration limit = Duration.ofSeconds(number(option, value));
                yield new Options(quick, items, systems, chosen, rounds, size.withLimits(limit, limit));
            }
            default -> throw unknown(option + "=" + value);
        };
    }

    private static Item item(String name) {
        return Catalogue.ALL.stream()
                .filter(item -> item.workload().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("workload '" + name + "' is not known; there are "
                        + Catalogue.ALL.stream()
                                .map(item -> item.workload().name())
                                .toList()));
    }

    private static int number(String option, String value) {
        if (!value.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(option + "=" + value + ": give a whole number from 1 on");
        }
        return Integer.parseInt(value);
    }
}
