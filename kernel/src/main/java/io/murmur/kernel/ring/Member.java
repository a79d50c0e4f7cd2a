package io.murmur.kernel.ring;

import java.nio.charset.StandardCharsets;

/**
 * A node that takes part in the ring. Its texts have at most {@link #MAX_TEXT_BYTES} bytes of UTF-8 each.
 *
 * @param id who it is; everything else is only an attribute of it
 * @param name for people, unique in the cluster
 * @param host where nodes and clients reach it
 * @param port its port for nodes and clients, 1 to 65535
 * @param region a group of zones that calls with LOCAL levels stay in
 * @param zone what fails together; the owners of a partition are spread over the zones of a region
 * @param weight its share of the load relative to the others, 1 to 1000
 */
public record Member(NodeId id, String name, String host, int port, String region, String zone, int weight) {

    public static final int MAX_WEIGHT = 1000;

    public static final int MAX_TEXT_BYTES = 255;

    public Member {
        checkLength("name", name);
        checkLength("host", host);
        checkLength("region", region);
        checkLength("zone", zone);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port of member '" + name + "' must be 1 to 65535: " + port);
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "weight of member '" + name + "' must be 1 to " + MAX_WEIGHT + ": " + weight);
        }
    }

    /** {@code host:port}. */
    public String address() {
        return host + ":" + port;
    }

    private static void checkLength(String what, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException(
                    "a member's " + what + " has at most " + MAX_TEXT_BYTES + " bytes: '" + text + "'");
        }
    }
}
