package io.murmur.kernel.message;

/**
 * What an atomic operation does to one key: it finds what the key holds and leaves what follows from that, at one moment, whatever else
 * goes on with the key anywhere. Values are compared byte for byte. A value that is stored gets the time to live that comes with it
 * ({@link ClientRequest.Put#timeToLiveMillis}).
 */
public sealed interface AtomicOperation {

    /** Stores, when the key holds nothing. Tells what it holds otherwise. */
    record PutIfAbsent(byte[] value, long timeToLiveMillis) implements AtomicOperation {}

    /** Stores, when the key holds anything. Does not tell what. */
    record Replace(byte[] value, long timeToLiveMillis) implements AtomicOperation {}

    /** Stores, when the key holds exactly what is expected. Tells what it holds otherwise. */
    record CompareAndSet(byte[] expected, byte[] value, long timeToLiveMillis) implements AtomicOperation {}

    /** Deletes, when the key holds exactly what is expected. Tells what it holds otherwise. */
    record CompareAndRemove(byte[] expected) implements AtomicOperation {}

    /** Stores in any case, and tells what the key held. */
    record GetAndPut(byte[] value, long timeToLiveMillis) implements AtomicOperation {}

    /** Deletes in any case, and tells what the key held. */
    record GetAndRemove() implements AtomicOperation {}

    /**
     * Adds to a number, and tells the sum. The number is decimal text as Redis's INCR has it: digits without leading zeros behind an optional
     * minus, in the range of a long. Nothing counts as 0. What is no such number, or a sum beyond the range, is a bad request.
     *
     * @param timeToLiveMillis of a number that was not there before; one that was keeps its expiry
     */
    record Increment(long delta, long timeToLiveMillis) implements AtomicOperation {}
}
