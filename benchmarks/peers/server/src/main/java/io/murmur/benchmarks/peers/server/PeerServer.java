package io.murmur.benchmarks.peers.server;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The manners of a server of a comparison, to be called in this order from its main method. */
public final class PeerServer {

    private static final int LOOK_EVERY_MILLIS = 50;

    private PeerServer() {}

    /** From now on the process ends when its standard input does, and not before: whoever started it may be killed, and it must not stay. */
    public static void endWithStandardInput() {
        // No daemon: some servers have none but daemons, and would end with the main method.
        new Thread(
                        () -> {
                            try {
                                while (System.in.read() >= 0) {
                                    // Nothing is said to it.
                                }
                            } catch (IOException e) {
                                System.err.println("the standard input fails, which is taken for its end: " + e);
                            }
                            // Not by way of shutdown hooks: the data is thrown away anyway, and no hook may delay the
                            // end.
                            Runtime.getRuntime().halt(0);
                        },
                        "standard-input")
                .start();
    }

    /** Says that the next server can be started, and once it is true of the whole cluster that it can be used, says that as well. */
    public static void tellProgress(BooleanSupplier isClusterComplete) throws InterruptedException {
        System.out.println("started");
        while (!isClusterComplete.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        System.out.println("ready");
    }
}
