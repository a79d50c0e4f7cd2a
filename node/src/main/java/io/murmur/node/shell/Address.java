package io.murmur.node.shell;

/** Where a node listens for Redis clients. */
record Address(String host, int port) {

    /**
     * Reads {@code host:port}; the host may be in square brackets.
     *
     * @throws IllegalArgumentException when it is none, and says why
     */
    static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            port = 0;
        }
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
        }
        return new Address(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
