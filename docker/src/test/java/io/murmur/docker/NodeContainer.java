package io.murmur.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/** One node in its container, on its zone's network and on the one between the zones, known by its name on both. */
final class NodeContainer extends GenericContainer<NodeContainer> {

    static final int PORT = 7101;
    static final int HTTP_PORT = 8101;

    private static final long MEMORY_BYTES = 768L << 20;
    private static final Duration HTTP_PATIENCE = Duration.ofSeconds(3);
    private static final int STOP_SECONDS = 30;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(HTTP_PATIENCE).build();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Network zone;
    private final Network interzone;

    NodeContainer(String image, String name, Network zone, Network interzone, Map<String, String> environment) {
        super(image);
        this.name = name;
        this.zone = zone;
        this.interzone = interzone;
        withNetwork(interzone).withNetworkAliases(name).withEnv(environment).withCreateContainerCmdModifier(create -> {
            create.withHostName(name);
            Objects.requireNonNull(create.getHostConfig()).withMemory(MEMORY_BYTES);
        });
    }

    @Override
    protected void containerIsCreated(String id) {
        connect(id, zone);
    }

    private void connect(String id, Network network) {
        dockerClient
                .connectToNetworkCmd()
                .withContainerId(id)
                .withNetworkId(network.getId())
                .withContainerNetwork(new ContainerNetwork().withAliases(name))
                .exec();
    }

    String name() {
        return name;
    }

    /** Takes it off the network between the zones. */
    void cutOff() {
        dockerClient
                .disconnectFromNetworkCmd()
                .withContainerId(getContainerId())
                .withNetworkId(interzone.getId())
                .exec();
    }

    /** Puts it back, at whatever address is free. */
    void connectAgain() {
        connect(getContainerId(), interzone);
    }

    /** SIGKILL. */
    void killNow() {
        dockerClient.killContainerCmd(getContainerId()).exec();
    }

    /** SIGTERM, and waits for the end. */
    void stopGracefully() {
        dockerClient
                .stopContainerCmd(getContainerId())
                .withTimeout(STOP_SECONDS)
                .exec();
    }

    void startAgain() {
        dockerClient.startContainerCmd(getContainerId()).exec();
    }

    /** Takes all its processes from the scheduler, as SIGSTOP would. */
    void pause() {
        dockerClient.pauseContainerCmd(getContainerId()).exec();
    }

    void unpause() {
        dockerClient.unpauseContainerCmd(getContainerId()).exec();
    }

    InspectContainerResponse.ContainerState state() {
        return getCurrentContainerInfo().getState();
    }

    /** Its address between the zones, or null while it has none. */
    @Nullable
    String interzoneAddress() {
        return address(interzone);
    }

    /** Its address on its zone's network. */
    String zoneAddress() {
        return Objects.requireNonNull(address(zone), () -> name + " is not running");
    }

    private @Nullable String address(Network network) {
        return getCurrentContainerInfo().getNetworkSettings().getNetworks().values().stream()
                .filter(each -> network.getId().equals(each.getNetworkID()))
                .map(ContainerNetwork::getIpAddress)
                .filter(address -> address != null && !address.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** Runs {@code murmur ...} in the container. */
    Container.ExecResult murmur(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("murmur"));
        command.addAll(arguments);
        try {
            return execInContainer(command.toArray(new String[0]));
        } catch (IOException e) {
            throw new AssertionError(name + " does not run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Runs a command of this machine in this container's network. */
    List<String> inItsNetwork(String... command) {
        List<String> whole = new ArrayList<>(List.of("nsenter", "--net=/proc/" + state().getPidLong() + "/ns/net"));
        whole.addAll(List.of(command));
        return whole;
    }

    /** Asks one of its pages, by its zone's network, which stays when the others are gone. */
    Answer get(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + zoneAddress() + ":" + HTTP_PORT + path))
                .timeout(HTTP_PATIENCE)
                .build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    record Answer(int status, String body) {}

    /** A page of JSON; missing while there is none. */
    JsonNode page(String path) {
        try {
            Answer answer = get(path);
            return answer.status() == 200 ? JSON.readTree(answer.body()) : JSON.missingNode();
        } catch (IOException | RuntimeException e) {
            return JSON.missingNode();
        }
    }

    boolean isReady() {
        return page("/health/ready").path("status").asText().equals("ready");
    }

    /** How this node sees another: {@code alive}, {@code suspect}, {@code dead}, ..., or empty. */
    String standing(String of) {
        for (JsonNode line : page("/cluster").path("nodes")) {
            if (line.path("name").asText().equals(of)) {
                return line.path("state").asText();
            }
        }
        return "";
    }
}
