package io.murmur.node.resp.server;

import io.murmur.kernel.ring.NodeId;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** What INFO and CONFIG tell of the node. From any thread. */
public interface NodeFacts {

    NodeId id();

    String name();

    String cluster();

    /** The software's. */
    String release();

    /** The port for Redis clients. */
    int respPort();

    /** The address it is on. */
    String host();

    Path data();

    int shards();

    int maxValueBytes();

    /** From which on a call is shown as slow. */
    long slowMicros();

    /** Whether clients may come. */
    boolean isReady();

    long wallMillis();

    /** Bytes of values and keys on disk and in memory. */
    long storedBytes();

    /** Calls this node coordinates, that are under way; completes on any loop. */
    CompletableFuture<Long> pendingCalls();

    /** Reads of this node's own storage that memory answered, and those that it did not. */
    long memoryHits();

    long memoryMisses();
}
