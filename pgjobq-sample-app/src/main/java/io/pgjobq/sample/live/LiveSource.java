package io.pgjobq.sample.live;

import java.util.List;

/** A part of the sample that has something to show. */
public interface LiveSource {

    /** Returns the present state, asked for several times a second while a browser is connected. */
    List<LiveItem> items();
}
