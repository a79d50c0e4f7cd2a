package io.murmur.node.resp;

import java.util.List;

/** Commands that belong together. */
@FunctionalInterface
public interface CommandGroup {

    List<Command> commands();
}
