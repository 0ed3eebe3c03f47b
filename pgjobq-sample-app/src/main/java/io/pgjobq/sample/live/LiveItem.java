package io.pgjobq.sample.live;

/**
 * Something that the page shows.
 *
 * @param event what it is, by which the page tells what to do with it
 * @param id which one it is
 * @param data what to show; compared with {@code equals} to see whether it changed
 */
public record LiveItem(String event, long id, Object data) {

    /** Makes an item of which there is only one. */
    public static LiveItem single(String event, Object data) {
        return new LiveItem(event, 0, data);
    }
}
