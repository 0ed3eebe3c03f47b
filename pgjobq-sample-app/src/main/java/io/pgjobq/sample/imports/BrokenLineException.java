package io.pgjobq.sample.imports;

/** A line of the file makes no sense. The message says why, to whoever has to repair it. */
@SuppressWarnings("serial")
class BrokenLineException extends RuntimeException {

    BrokenLineException(String message) {
        super(message);
    }
}
