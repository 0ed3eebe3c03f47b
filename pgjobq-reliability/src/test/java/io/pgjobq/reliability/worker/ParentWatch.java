package io.pgjobq.reliability.worker;

import java.io.IOException;

/** Ends this process when the one that started it is gone, whose end of the standard input then closes. */
final class ParentWatch {

    private ParentWatch() {}

    /** Keeps the process alive as long as its parent. */
    static void start() {
        Thread watch = new Thread(ParentWatch::watch, "parent-watch");
        watch.setDaemon(false);
        watch.start();
    }

    private static void watch() {
        try {
            while (System.in.read() >= 0) {
                // nobody writes
            }
            Runtime.getRuntime().halt(2);
        } catch (IOException ex) {
            Runtime.getRuntime().halt(2);
        }
    }
}
