package io.pgjobq.internal.notify;

/** Takes signals to those whom they concern. Called from many threads; must not block. */
public interface SignalSink {

    /** Passes one signal on. */
    void receive(Signal signal);

    /** Signals may have been missed: everybody has to look for himself. */
    void resynchronize();
}
