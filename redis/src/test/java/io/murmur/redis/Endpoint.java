package io.murmur.redis;

/** Where a server answers Redis clients. */
record Endpoint(String host, int port) {

    static Endpoint local(int port) {
        return new Endpoint("127.0.0.1", port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
