/** What scenarios are made of: a server, worker processes and a network that can be broken, a load, and the audit. */
@NullMarked
package io.pgjobq.reliability.harness;

import org.jspecify.annotations.NullMarked;
