package io.murmur.node;

import io.murmur.node.config.Setting;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists every setting. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description =
                "List every setting: its key in the YAML file, its name in the environment, its default, what it means.")
final class ConfigCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (Setting setting : Setting.values()) {
            out.println(setting.key());
            out.println("    " + setting.meaning());
            out.println("    default: " + (setting.fallback().isEmpty() ? "(none)" : setting.fallback())
                    + "   environment: " + setting.environment());
        }
        out.flush();
        return 0;
    }
}
