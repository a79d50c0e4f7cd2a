package io.murmur.antientropy;

import io.murmur.kernel.message.SyncReply.SlotDigest;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Reads every entry, each time: for what is damaged, of which nothing is kept. */
final class ScannedSummaries implements SlotSummaries {

    private final SteppedScan scan;
    private final CacheReplicas replicas;

    ScannedSummaries(SteppedScan scan, CacheReplicas replicas) {
        this.scan = scan;
        this.replicas = replicas;
    }

    @Override
    public void of(int firstSlot, int lastSlot, int leastReplicas, BooleanSupplier isWanted, Consumer<Summary> then) {
        SlotDigest[] digests = new SlotDigest[lastSlot - firstSlot + 1];
        Arrays.fill(digests, SlotDigest.EMPTY);
        scan.run(
                firstSlot,
                lastSlot,
                null,
                isWanted,
                entry -> {
                    if (replicas.of(entry.key().cache()) >= leastReplicas) {
                        int place = entry.key().slot() - firstSlot;
                        digests[place] = Digests.plus(digests[place], Digests.of(entry));
                    }
                    return true;
                },
                end -> then.accept(
                        switch (end) {
                            case SteppedScan.End.Whole ignored -> new Summary.Are(List.of(digests));
                            case SteppedScan.End.Cut ignored -> throw new IllegalStateException("all were taken");
                            case SteppedScan.End.Unwanted ignored -> new Summary.Unwanted();
                            case SteppedScan.End.Refused refused ->
                                new Summary.Refused(refused.fault(), refused.detail());
                        }));
    }
}
