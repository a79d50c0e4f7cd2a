package io.murmur.node;

import io.murmur.client.CallOptions;
import io.murmur.client.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a key. */
@Command(
        name = "put",
        mixinStandardHelpOptions = true,
        description = "Write a value, and print what acknowledged it.",
        footer = {"", "Example: ./murmur put greeting hello --level QUORUM --ttl 60000"})
final class PutCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Parameters(index = "0", paramLabel = "KEY", description = "the key, as UTF-8 text")
    private String key = "";

    @Parameters(index = "1", paramLabel = "VALUE", description = "the value, as UTF-8 text")
    private String value = "";

    @Option(names = "--ttl", paramLabel = "MILLIS", description = "time to live in milliseconds (default: the cache's)")
    private @Nullable Long timeToLiveMillis;

    @Option(
            names = "--sloppy",
            description = "let a durable hint on another node count in the place of an owner that is away")
    private boolean sloppy;

    @Override
    public Integer call() throws IOException {
        return options.run(spec.commandLine().getErr(), (cache, call, trace) -> {
            CallOptions asked = sloppy ? call.withSloppyQuorum() : call;
            if (timeToLiveMillis != null) {
                asked = asked.withTimeToLive(Duration.ofMillis(timeToLiveMillis));
            }
            Receipt receipt = cache.put(key, value, asked);
            trace.accept(receipt.trace());
            spec.commandLine().getOut().println(describe(receipt));
            return 0;
        });
    }

    static String describe(Receipt receipt) {
        return "done: version " + receipt.version() + ", durable at " + receipt.acknowledged() + " owners ("
                + receipt.required() + " required"
                + (receipt.standIns() == 0 ? "" : ", " + receipt.standIns() + " by stand-ins")
                + ")";
    }
}
