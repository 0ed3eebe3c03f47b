/** A simulation of the protocol under late commits, rollbacks, lost wake-ups, dying nodes and zombies. */
@NullMarked
package io.pgjobq.simulation;

import org.jspecify.annotations.NullMarked;
