package io.pgjobq;

/**
 * A type of jobs that wait for a node with a handler for it.
 *
 * @param queue the queue's name
 * @param type the type as it is stored, {@code order@2} for version 2 of {@code order}; empty if the jobs have none
 * @param jobs how many of the first {@value #LOOKED_AT} jobs of each priority have it
 * @param example the id of the first one
 */
public record UnknownType(String queue, String type, long jobs, long example) {

    /** How many jobs of each priority are looked at. */
    public static final int LOOKED_AT = 1_000;
}
