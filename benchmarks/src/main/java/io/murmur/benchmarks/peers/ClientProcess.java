package io.murmur.benchmarks.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.benchmarks.peers.Contender.Client;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client process, told what to do as {@link io.murmur.benchmarks.driver.DriverProcess} says. It ends with this process. */
final class ClientProcess implements AutoCloseable {

    /** The same for all: none is to be slow for want of memory. */
    private static final List<String> JVM_FLAGS = List.of("-Xms512m", "-Xmx2g");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENDED = "";
    private static final Duration CONNECT = Duration.ofMinutes(2);

    private final Process process;
    private final Path log;
    private final PrintWriter commands;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** What happens while a command is carried out. */
    interface Window {
        void begins() throws IOException;

        void ends() throws IOException;
    }

    private ClientProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name("client-lines").start(this::read);
    }

    /** Starts it and waits until it has connected. */
    static ClientProcess start(Client client, Path log) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(PeerProcesses.java());
        command.addAll(JVM_FLAGS);
        command.addAll(client.jvmFlags());
        command.addAll(List.of("-cp", client.classPath(), client.mainClass()));
        command.addAll(client.arguments());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        ClientProcess started = new ClientProcess(process, log);
        String line = started.next(CONNECT);
        if (!line.equals("ready")) {
            started.close();
            throw new IOException("the client said " + line + " instead of ready; see " + log);
        }
        return started;
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            while (line != null) {
                lines.add(line);
                line = reader.readLine();
            }
        } catch (IOException e) {
            // The process has ended, which the next line says.
        }
        lines.add(ENDED);
    }

    private String next(Duration longest) throws IOException, InterruptedException {
        String line = lines.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new IOException("the client has not answered for " + longest.toSeconds() + " s; see " + log);
        }
        if (line.equals(ENDED)) {
            throw new IOException("the client process has ended; see " + log);
        }
        return line;
    }

    /** Has it carry out a command, and returns the answer. */
    JsonNode ask(String command, Duration longest, Window window) throws IOException, InterruptedException {
        commands.println(command);
        commands.flush();
        while (true) {
            String line = next(longest);
            switch (line) {
                case "measuring" -> window.begins();
                case "measured" -> window.ends();
                default -> {
                    JsonNode answer = JSON.readTree(line);
                    if (answer.has("failed")) {
                        throw new IOException("the client cannot do \"" + command + "\": "
                                + answer.path("failed").asText());
                    }
                    return answer;
                }
            }
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
