package io.pgjobq.reliability.pressure;

/**
 * A part of a scenario.
 *
 * @param name what happens meanwhile
 * @param start what the server said at its start
 * @param end what the server said at its end
 */
record Phase(String name, Reading start, Reading end) {

    /** Its last third, in which whatever grows has grown most. */
    long lastThirdFrom() {
        return end.at().toEpochSecond()
                - Math.max(1, (end.at().toEpochSecond() - start.at().toEpochSecond()) / 3);
    }

    /** The mean time that the server spent in a call of the function, in milliseconds. */
    double mean(String function) {
        return end.calls(function, start).mean();
    }
}
