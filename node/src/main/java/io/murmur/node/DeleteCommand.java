package io.murmur.node;

import io.murmur.client.Receipt;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes a key. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Delete a key, whether it has a value or not.",
        footer = {"", "Example: ./murmur delete greeting --level QUORUM"})
final class DeleteCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Parameters(paramLabel = "KEY", description = "the key, as UTF-8 text")
    private String key = "";

    @Option(
            names = "--sloppy",
            description = "let a durable hint on another node count in the place of an owner that is away")
    private boolean sloppy;

    @Override
    public Integer call() throws IOException {
        return options.run(spec.commandLine().getErr(), (cache, call, trace) -> {
            Receipt receipt = cache.delete(key, sloppy ? call.withSloppyQuorum() : call);
            trace.accept(receipt.trace());
            spec.commandLine().getOut().println(PutCommand.describe(receipt));
            return 0;
        });
    }
}
