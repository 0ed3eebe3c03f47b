package io.pgjobq.internal.notify;

import io.pgjobq.internal.store.LanePosition;
import java.util.ArrayList;
import java.util.List;

/**
 * Signals as the text of notifications: words, parted by spaces. The first, {@code n<node>}, names the sending node, if it is
 * one; then {@code r<queue>:<priority>:<seq>}, {@code w<millis>}, {@code s<millis>}, {@code l<queue>}, {@code f<queue>},
 * {@code k<queue>:<line>}, {@code c<node>}, {@code e<id>} and {@code p<id>}.
 */
final class SignalCodec {

    /** PostgreSQL takes fewer than 8,000 bytes; all words are ASCII. */
    static final int LONGEST = 7_900;

    private SignalCodec() {}

    /** Returns as few texts as the signals fit in. */
    static List<String> encode(int node, List<? extends Signal> signals) {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (Signal signal : signals) {
            for (String word : words(signal)) {
                if (text.length() + word.length() >= LONGEST) {
                    texts.add(text.toString());
                    text.setLength(0);
                }
                if (text.isEmpty()) {
                    text.append('n').append(node);
                }
                text.append(' ').append(word);
            }
        }
        if (!text.isEmpty()) {
            texts.add(text.toString());
        }
        return texts;
    }

    /** Returns the text of a notification of one ready job, up to the number of its queue. */
    static String beginning(int node) {
        return "n" + node + " r";
    }

    private static List<String> words(Signal signal) {
        if (signal instanceof Signal.Ready ready) {
            return List.of("r" + ready.queue() + ":" + ready.priority() + ":" + ready.seq());
        }
        if (signal instanceof Signal.Due due) {
            return List.of("w" + due.inMillis());
        }
        if (signal instanceof Signal.Scheduled scheduled) {
            return List.of("s" + scheduled.inMillis());
        }
        if (signal instanceof Signal.Look look) {
            return List.of("l" + look.queue());
        }
        if (signal instanceof Signal.Room room) {
            return List.of("f" + room.queue());
        }
        if (signal instanceof Signal.Turn turn) {
            return List.of("k" + turn.queue() + ":" + turn.line());
        }
        if (signal instanceof Signal.Cancel cancel) {
            return List.of("c" + cancel.node());
        }
        if (signal instanceof Signal.Progressed progressed) {
            return progressed.ids().stream().map(id -> "p" + id).toList();
        }
        return ((Signal.Ended) signal).ids().stream().map(id -> "e" + id).toList();
    }

    /**
     * Returns the signals in a text: none if this node sent it. Words that make no sense are passed over. Nodes that are not
     * registered all have the number 0, so it tells nothing.
     */
    static List<Signal> decode(String text, int self) {
        List<Signal> signals = new ArrayList<>();
        List<Long> ended = new ArrayList<>();
        List<Long> progressed = new ArrayList<>();
        for (String word : text.split(" ")) {
            try {
                if (self != 0 && word.equals("n" + self)) {
                    return List.of();
                }
                read(word, signals, ended, progressed);
            } catch (NumberFormatException | IndexOutOfBoundsException ex) {
                // Anybody may notify on this channel; a hint that can't be read is no hint.
                continue;
            }
        }
        if (!progressed.isEmpty()) {
            signals.add(new Signal.Progressed(List.copyOf(progressed)));
        }
        if (!ended.isEmpty()) {
            signals.add(new Signal.Ended(List.copyOf(ended)));
        }
        return signals;
    }

    private static void read(String word, List<Signal> signals, List<Long> ended, List<Long> progressed) {
        String value = word.substring(1);
        switch (word.charAt(0)) {
            case 'r' -> {
                String[] parts = value.split(":");
                int priority = Integer.parseInt(parts[1]);
                if (priority >= 0 && priority < LanePosition.LANES) {
                    signals.add(new Signal.Ready(Integer.parseInt(parts[0]), priority, Long.parseLong(parts[2])));
                }
            }
            case 'w' -> signals.add(new Signal.Due(Math.max(0, Long.parseLong(value))));
            case 's' -> signals.add(new Signal.Scheduled(Math.max(0, Long.parseLong(value))));
            case 'l' -> signals.add(new Signal.Look(Integer.parseInt(value)));
            case 'f' -> signals.add(new Signal.Room(Integer.parseInt(value)));
            case 'k' -> {
                String[] parts = value.split(":");
                signals.add(new Signal.Turn(Integer.parseInt(parts[0]), Long.parseLong(parts[1])));
            }
            case 'c' -> signals.add(new Signal.Cancel(Integer.parseInt(value)));
            case 'e' -> ended.add(Long.parseLong(value));
            case 'p' -> progressed.add(Long.parseLong(value));
            default -> {}
        }
    }
}
