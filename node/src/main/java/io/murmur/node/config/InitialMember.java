package io.murmur.node.config;

/**
 * A member of a cluster's first ring, as every one of them is told.
 *
 * @param name unique in the cluster
 * @param host where the others reach it
 * @param port its port for nodes and clients
 */
public record InitialMember(String name, String host, int port, String region, String zone, int weight) {

    /** {@code host:port}. */
    public String address() {
        return host + ":" + port;
    }

    /** As it is written in configuration: {@code name@host:port/zone}, with {@code /region} and {@code *weight} where not default. */
    @Override
    public String toString() {
        return name + "@" + address() + "/" + zone + "/" + region + "*" + weight;
    }

    /** Reads {@code name@host:port/zone[/region][*weight]}. */
    public static InitialMember parse(String text) {
        String rest = text.strip();
        int weight = 1;
        int star = rest.lastIndexOf('*');
        if (star >= 0) {
            weight = number(text, rest.substring(star + 1), 1000);
            rest = rest.substring(0, star);
        }
        int at = rest.indexOf('@');
        String[] places = at < 1 ? new String[0] : rest.substring(at + 1).split("/", -1);
        int colon = places.length == 0 ? -1 : places[0].lastIndexOf(':');
        if (colon < 1 || places.length < 2 || places.length > 3 || places[1].isEmpty()) {
            throw wrong(text);
        }
        int port = number(text, places[0].substring(colon + 1), 65535);
        String region = places.length == 3 ? places[2] : NodeConfiguration.DEFAULT_REGION;
        return new InitialMember(rest.substring(0, at), places[0].substring(0, colon), port, region, places[1], weight);
    }

    private static int number(String text, String digits, int most) {
        if (!digits.matches("\\d{1,5}") || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > most) {
            throw wrong(text);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "a member is name@host:port/zone[/region][*weight], as b@10.0.0.2:7101/zone-b, but was '" + text + "'");
    }
}
