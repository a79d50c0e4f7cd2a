package io.murmur.benchmarks.profiles;

import java.util.List;
import java.util.Optional;

/** What processor time goes into. */
enum Work {
    SOCKETS("system calls: sockets and waiting for events"),
    FILES("system calls: files"),
    WAKING("system calls: parking and waking threads"),
    NETTY("Netty"),
    CODEC("frames, messages and RESP to and from bytes"),
    COMMANDS("commands of Redis clients"),
    QUORUM("quorum"),
    STORAGE("storage"),
    SHARED_TYPES("types that all share (module kernel)"),
    NODE("the rest of the node"),
    CLIENT("Murmur's client"),
    LOAD("what makes the load"),
    LIBRARIES("other libraries"),
    JDK("the JDK by itself"),
    UNKNOWN("stacks that could not be read");

    private final String words;

    Work(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /**
     * What a thread was at: of the methods on its stack, the innermost decides that is not the JDK's. So what a collection does counts for
     * whoever asked it to, and a system call, which is a native method on top, for itself.
     */
    static Work of(List<Method> innermostFirst) {
        if (innermostFirst.isEmpty()) {
            return UNKNOWN;
        }
        return systemCall(innermostFirst.get(0))
                .orElseGet(() -> innermostFirst.stream()
                        .filter(method -> !method.isOfJdk())
                        .findFirst()
                        .map(Work::ofOwner)
                        .orElse(JDK));
    }

    private static Optional<Work> systemCall(Method top) {
        if (!top.isNative()) {
            return Optional.empty();
        }
        if (top.isOf("io.netty.channel.")) {
            return Optional.of(SOCKETS);
        }
        if (top.isOf("sun.nio.ch.UnixFileDispatcherImpl")
                || top.isOf("sun.nio.ch.FileDispatcherImpl")
                || top.isOf("sun.nio.fs.")
                || top.isOf("java.io.")) {
            return Optional.of(FILES);
        }
        if (top.isOf("sun.nio.ch.") && !top.isOf("sun.nio.ch.NativeThread")) {
            return Optional.of(SOCKETS);
        }
        return top.name().equals("park")
                        || top.name().equals("unpark")
                        || top.name().startsWith("wait0")
                ? Optional.of(WAKING)
                : Optional.empty();
    }

    private static Work ofOwner(Method method) {
        if (method.isOf("io.netty.")) {
            return NETTY;
        }
        if (!method.isOf("io.murmur.")) {
            return LIBRARIES;
        }
        if (method.isOf("io.murmur.kernel.wire.")
                || method.isOf("io.murmur.client.internal.FrameDecoder")
                || method.isOf("io.murmur.node.resp.RequestDecoder")
                || method.isOf("io.murmur.node.resp.ReplyWriter")) {
            return CODEC;
        }
        if (method.isOf("io.murmur.node.resp.")) {
            return COMMANDS;
        }
        if (method.isOf("io.murmur.quorum.")) {
            return QUORUM;
        }
        if (method.isOf("io.murmur.storage.")) {
            return STORAGE;
        }
        if (method.isOf("io.murmur.kernel.")) {
            return SHARED_TYPES;
        }
        if (method.isOf("io.murmur.client.")) {
            return CLIENT;
        }
        return method.isOf("io.murmur.benchmarks.") ? LOAD : NODE;
    }
}
