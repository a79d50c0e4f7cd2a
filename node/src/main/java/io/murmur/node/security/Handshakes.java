package io.murmur.node.security;

import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Computes the handshakes of TLS on one thread of its own, since strangers may ask for them and the loops serve others. Few wait, and those
 * whose connection has ended meanwhile cost nothing: whoever opens connections and gives them up keeps nobody out. From any thread.
 */
final class Handshakes implements AutoCloseable {

    /** A millisecond or two each, and whoever waits is patient for two seconds. */
    static final int MOST_WAITING = 256;

    private final ThreadPoolExecutor thread;

    Handshakes(String threadName) {
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                new DefaultThreadFactory(threadName, true));
    }

    /** For the handshake of one channel; it refuses when too many wait, by which the handshake fails. */
    Executor of(Channel channel) {
        return task -> execute(channel, task);
    }

    private void execute(Channel channel, Runnable task) {
        try {
            thread.execute(() -> {
                if (channel.isActive()) {
                    task.run();
                }
            });
        } catch (RejectedExecutionException e) {
            throw new RejectedExecutionException("this side is busy with the handshakes of others", e);
        }
    }

    /** Computes nothing from now on; who waits is not told. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
