package io.murmur.benchmarks.peers.cassandra;

import com.codahale.metrics.Counter;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metrics.DefaultNodeMetric;
import com.datastax.oss.driver.api.core.metrics.Metrics;
import io.murmur.benchmarks.driver.Target;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One table of keys and values on three replicas, asked by prepared statements without blocking. */
final class CassandraTarget implements Target {

    /** Longer than the servers': it is they who say that a call has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** So that no call waits for another's answer; the default is 1024. */
    private static final int REQUESTS_FOR_EACH_CONNECTION = 32_768;

    private final CqlSession session;
    private final PreparedStatement read;
    private final PreparedStatement write;
    private volatile int valueBytes;

    private CassandraTarget(CqlSession session, DefaultConsistencyLevel reads, DefaultConsistencyLevel writes) {
        this.session = session;
        this.read = session.prepare(SimpleStatement.newInstance("SELECT v FROM benchmark.cells WHERE k = ?")
                .setConsistencyLevel(reads));
        this.write = session.prepare(SimpleStatement.newInstance("INSERT INTO benchmark.cells (k, v) VALUES (?, ?)")
                .setConsistencyLevel(writes));
    }

    static CassandraTarget connect(List<String> arguments) {
        // The driver's policies are its defaults: it asks a replica of the key, and nobody twice.
        DriverConfigLoader settings = DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, PATIENCE)
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENCE)
                .withInt(DefaultDriverOption.CONNECTION_MAX_REQUESTS, REQUESTS_FOR_EACH_CONNECTION)
                .withStringList(DefaultDriverOption.METRICS_NODE_ENABLED, List.of(DefaultNodeMetric.RETRIES.getPath()))
                .build();
        CqlSession session = CqlSession.builder()
                .addContactPoints(Arrays.stream(arguments.get(0).split(",", -1))
                        .map(CassandraTarget::address)
                        .toList())
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(settings)
                .build();
        // Compression and compaction are the server's defaults.
        session.execute("CREATE KEYSPACE IF NOT EXISTS benchmark"
                + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}");
        session.execute("CREATE TABLE IF NOT EXISTS benchmark.cells (k blob PRIMARY KEY, v blob)");
        return new CassandraTarget(
                session,
                DefaultConsistencyLevel.valueOf(arguments.get(1)),
                DefaultConsistencyLevel.valueOf(arguments.get(2)));
    }

    private static InetSocketAddress address(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return new InetSocketAddress(
                hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    @Override
    public void expect(int valueBytes) {
        this.valueBytes = valueBytes;
    }

    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        return session.executeAsync(read.bind(ByteBuffer.wrap(key))).thenApply(this::isExpected);
    }

    private boolean isExpected(AsyncResultSet rows) {
        Row row = rows.one();
        ByteBuffer value = row == null ? null : row.getByteBuffer(0);
        return value != null && value.remaining() == valueBytes;
    }

    @Override
    public CompletionStage<?> put(byte[] key, byte[] value) {
        return session.executeAsync(write.bind(ByteBuffer.wrap(key), ByteBuffer.wrap(value)));
    }

    @Override
    public long retries() {
        Metrics metrics = session.getMetrics().orElseThrow();
        return session.getMetadata().getNodes().values().stream()
                .flatMap(node -> metrics.<Counter>getNodeMetric(node, DefaultNodeMetric.RETRIES).stream())
                .mapToLong(Counter::getCount)
                .sum();
    }

    @Override
    public void close() {
        session.close();
    }
}
