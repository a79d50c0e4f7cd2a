package io.murmur.storage;

import io.murmur.kernel.Storage;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Runs a storage under test: calls go to its own thread, answers are waited for, and it can be killed and started again. */
interface StorageBench extends AutoCloseable {

    /** Makes a call on the storage's thread and returns its answer as soon as it is there. */
    <T> T answerOf(Call<T> call);

    /** Makes a call on the storage's thread. */
    <T> CompletableFuture<T> begin(Call<T> call);

    /** Waits for the answer of a call that was begun. */
    <T> T await(CompletableFuture<T> answer);

    /** Ends the storage without a goodbye and starts it again over what is on disk. */
    void restart() throws IOException;

    @Override
    void close() throws IOException;

    /** A call with its callback. */
    interface Call<T> {
        void on(Storage storage, Consumer<T> then);
    }
}
