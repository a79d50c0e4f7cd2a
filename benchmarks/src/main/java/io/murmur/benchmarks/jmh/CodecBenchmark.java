package io.murmur.benchmarks.jmh;

import io.murmur.client.internal.SystemClock;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The messages of a put and a get as whole frames: 24-byte keys, 100-byte values, checksums included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CodecBenchmark {

    /** Which message. */
    public enum Kind {
        GET,
        PUT,
        JOIN,
        JOINED
    }

    @Param
    private Kind kind = Kind.GET;

    private final Clock clock = new SystemClock();
    private final MessageCodec codec = new MessageCodec(clock);
    private final WireWriter out = new WireWriter();
    private Message message = new PeerReply.Joined(1, 1, null);
    private byte[] frame = new byte[0];

    /** Makes the message, and its frame. */
    @Setup
    public void prepare() {
        Key key = Key.of("default", "user:00000000000000000042");
        byte[] value = new byte[100];
        new Random(1).nextBytes(value);
        Version version = new Version(clock.wallMillis() << 16, new NodeId(7, 42));
        long deadlineNanos = clock.monotonicNanos() + TimeUnit.HOURS.toNanos(1);
        message = switch (kind) {
            case GET -> new ClientRequest.Get(123_456, 1, deadlineNanos, key, Level.QUORUM);
            case PUT ->
                new ClientRequest.Put(123_456, 1, deadlineNanos, key, value, ClientRequest.TTL_OF_CACHE, Level.QUORUM);
            case JOIN ->
                new PeerRequest.Join(123_456, 1, deadlineNanos, key, new Cell.Live(version, Cell.NEVER, value));
            case JOINED -> new PeerReply.Joined(123_456, 1, null);
        };
        codec.write(message, out);
        frame = out.toByteArray();
    }

    /** From the message to bytes in a buffer that is used again. */
    @Benchmark
    public int encode() {
        out.clear();
        codec.write(message, out);
        return out.size();
    }

    /** From bytes to the message. */
    @Benchmark
    public Message decode() {
        return codec.read(frame);
    }
}
