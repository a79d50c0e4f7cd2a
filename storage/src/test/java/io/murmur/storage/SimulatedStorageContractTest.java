package io.murmur.storage;

import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.SimulatedStorage;
import java.io.IOException;
import java.util.Random;

/** The simulator's storage keeps the same promise, so what holds in a simulated world holds in a real one. */
class SimulatedStorageContractTest extends StorageContract {

    @Override
    StorageBench open() throws IOException {
        return new SeededBench(
                2,
                (disk, threads) -> new SimulatedStorage(new NodeSeams(
                        new NodeId(1, 1),
                        threads,
                        threads,
                        (to, message) -> {},
                        disk,
                        threads.shard(0),
                        threads.log(),
                        threads.background(),
                        new Random(2),
                        TestSettings.NOT_EXPECTED,
                        node -> true,
                        () -> {
                            throw new IllegalStateException("a storage asks for no ring");
                        })));
    }
}
