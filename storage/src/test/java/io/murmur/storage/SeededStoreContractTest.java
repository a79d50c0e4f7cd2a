package io.murmur.storage;

import java.io.IOException;

/** The store over a simulated disk: a restart is a power cut. */
class SeededStoreContractTest extends StorageContract {

    @Override
    StorageBench open() throws IOException {
        return new SeededBench(
                1,
                (disk, threads) -> ReplicaStore.open(
                                TestSettings.tiny(1), disk, threads, threads.threads(), TestSettings.NOT_EXPECTED)
                        .shard(0));
    }
}
