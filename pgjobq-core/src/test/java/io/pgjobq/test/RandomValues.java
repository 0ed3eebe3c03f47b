package io.pgjobq.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Random values of which the same seed gives the same ones. What a range ends with, and what is short, comes more often than
 * by chance, as faults are there. A failure names the seed; {@code -Dpgjobq.test.seed=…} repeats that case alone.
 */
public final class RandomValues {

    static final String SEED = "pgjobq.test.seed";

    private final long seed;
    private final Random random;

    RandomValues(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** Those of the seed that was asked for, or others in each run; their text says how to repeat them. */
    public static RandomValues ofThisRun() {
        return new RandomValues(wantedSeed().orElseGet(new Random()::nextLong));
    }

    /** Runs a test so many times, each with values of its own. */
    public static void times(int times, Consumer<RandomValues> test) {
        times(times, wantedSeed(), test);
    }

    static void times(int times, Optional<Long> wanted, Consumer<RandomValues> test) {
        Random seeds = new Random();
        for (int i = 0; i < (wanted.isPresent() ? 1 : times); i++) {
            RandomValues values = new RandomValues(wanted.orElseGet(seeds::nextLong));
            try {
                test.accept(values);
            } catch (RuntimeException | AssertionError ex) {
                throw new AssertionError(values + ": " + ex.getMessage(), ex);
            }
        }
    }

    private static Optional<Long> wantedSeed() {
        return Optional.ofNullable(System.getProperty(SEED)).map(Long::valueOf);
    }

    /** With this probability. */
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Both ends are possible. */
    public int intBetween(int min, int max) {
        return (int) longBetween(min, max);
    }

    /** Both ends are possible. */
    public long longBetween(long min, long max) {
        if (chance(0.1)) {
            return oneOf(List.of(min, max, Math.min(max, min + 1), Math.max(min, max - 1)));
        }
        long values = max - min + 1;
        if (values > 0) {
            return min + Math.floorMod(random.nextLong(), values);
        }
        // More than half of all there are.
        return LongStream.generate(random::nextLong)
                .filter(value -> min <= value && value <= max)
                .findFirst()
                .orElseThrow();
    }

    public long anyLong() {
        return longBetween(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** The lower end is possible; the upper one isn't. */
    public double doubleBetween(double min, double max) {
        return chance(0.1)
                ? oneOf(List.of(min, Math.nextDown(max)))
                : Math.min(Math.nextDown(max), min + random.nextDouble() * (max - min));
    }

    public char anyChar() {
        return (char) random.nextInt(Character.MAX_VALUE + 1);
    }

    public byte[] bytes(int maxSize) {
        byte[] bytes = new byte[size(0, maxSize)];
        random.nextBytes(bytes);
        return bytes;
    }

    public <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    public <T> List<T> list(int minSize, int maxSize, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int size = size(minSize, maxSize); list.size() < size; ) {
            list.add(element.get());
        }
        return list;
    }

    /** Made of these characters. */
    public String text(int minSize, int maxSize, String characters) {
        StringBuilder text = new StringBuilder();
        for (int size = size(minSize, maxSize); text.length() < size; ) {
            text.append(characters.charAt(random.nextInt(characters.length())));
        }
        return text.toString();
    }

    /** Plain, or of any characters, among them NUL, control characters and halves of pairs. */
    public String text(int maxSize) {
        StringBuilder text = new StringBuilder();
        boolean plain = chance(0.5);
        for (int size = size(0, maxSize); text.length() < size; ) {
            text.append(plain ? (char) intBetween(' ', '~') : chance(0.1) ? (char) random.nextInt(32) : anyChar());
        }
        return text.toString();
    }

    /** Half of them are short. */
    private int size(int min, int max) {
        return intBetween(min, chance(0.5) ? Math.min(max, min + 5) : max);
    }

    @Override
    public String toString() {
        return "seed " + seed + " (again with -D" + SEED + "=" + seed + ")";
    }
}
