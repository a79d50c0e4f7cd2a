package io.murmur.node;

import io.murmur.client.Read;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads a key. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = "Print the value of a key; exit code 1 when there is none.",
        footer = {"", "Example: ./murmur get greeting --level QUORUM"})
final class GetCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Parameters(paramLabel = "KEY", description = "the key, as UTF-8 text")
    private String key = "";

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        return options.run(err, (cache, call, trace) -> {
            Read<String> read = cache.read(key, call);
            trace.accept(read.trace());
            Optional<String> value = read.value();
            value.ifPresentOrElse(out::println, () -> err.println("murmur get: no value for '" + key + "'"));
            return value.isPresent() ? 0 : 1;
        });
    }
}
