package io.murmur.membership;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The few small things a node must not forget about rings. Each has a name and is replaced as a whole.
 *
 * <p>Call only on the control loop's thread.
 */
public interface RingStore {

    /**
     * Replaces what is kept under this name. Never blocks.
     *
     * <p>What is kept becomes durable in the order of the calls, whatever the names. What cannot be kept stops the node ({@link
     * io.murmur.kernel.Fatal}).
     *
     * @param kept runs on the control loop's thread, after this call has returned, once no crash can take the content back
     */
    void keep(String name, byte[] content, Runnable kept);

    /**
     * What was kept under this name, or null when nothing was. Blocks: for a node's start only.
     *
     * @throws IOException when it cannot be read or is damaged; the message says what to do
     */
    byte @Nullable [] load(String name) throws IOException;
}
