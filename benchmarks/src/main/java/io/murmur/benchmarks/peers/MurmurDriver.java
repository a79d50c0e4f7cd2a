package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.MurmurTarget;
import io.murmur.benchmarks.driver.DriverProcess;
import io.murmur.client.CallOptions;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import java.time.Duration;

/** The client process that asks Murmur by its native client: a level, then the nodes' addresses. */
final class MurmurDriver {

    private MurmurDriver() {}

    /** Started by {@link ClientProcess}. */
    public static void main(String[] arguments) {
        DriverProcess.serve(arguments, words -> {
            MurmurClient.Builder builder =
                    MurmurClient.builder().clientName("bench").callTimeout(Duration.ofSeconds(10));
            words.subList(1, words.size()).forEach(builder::seed);
            CallOptions options = CallOptions.at(Level.parse(words.get(0)));
            return new MurmurTarget(builder.build(), options, options);
        });
    }
}
