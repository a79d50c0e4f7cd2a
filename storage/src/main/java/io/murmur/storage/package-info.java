/**
 * One replica's data on one machine. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.storage.ReplicaStore}: all shards' data in one folder; opening is recovery.
 *   <li>{@link io.murmur.storage.StoreSettings}, {@link io.murmur.storage.StoreThreads}, {@link io.murmur.storage.StoreCounters}: what it
 *       goes by, what it runs on, what it has done.
 *   <li>{@link io.murmur.storage.ShardStore}: one shard's reads and joins.
 *   <li>{@link io.murmur.storage.CommitLog}: what makes joins durable; {@link io.murmur.storage.LogBatch}: the joins of one shard that
 *       become durable together; {@link io.murmur.storage.LogFormat}: a segment in bytes; {@link io.murmur.storage.LogReplay}: reading
 *       them back.
 *   <li>{@link io.murmur.storage.MemoryTable}: what was joined since the last flush; {@link io.murmur.storage.MemoryTables}: the active one
 *       and the frozen ones; {@link io.murmur.storage.Flush}: from a memory table to a table.
 *   <li>{@link io.murmur.storage.HotCells}: the cells that are answered from memory; {@link io.murmur.storage.HotIndex} finds them.
 *   <li>{@link io.murmur.storage.Records}: cells in memory, in few bytes; {@link io.murmur.storage.SortedRecords}: those of a slot in
 *       order.
 *   <li>{@link io.murmur.storage.Table}, {@link io.murmur.storage.TableFacts}, {@link io.murmur.storage.TableWriter}, {@link
 *       io.murmur.storage.TableImage}: write-once MapDB files; {@link io.murmur.storage.TableKey}: keys in them.
 *   <li>{@link io.murmur.storage.TableSet}: which tables there are; {@link io.murmur.storage.Manifest}: the file that says so.
 *   <li>{@link io.murmur.storage.Merge}: several tables read as one; {@link io.murmur.storage.Compaction}, {@link
 *       io.murmur.storage.CompactionSchedule}: several made one.
 *   <li>{@link io.murmur.storage.SlotLedger}, {@link io.murmur.storage.LedgerWriter}: what is known of each slot for good, its purge
 *       horizon and whether it is damaged.
 *   <li>{@link io.murmur.storage.LateJoins}: cells that may come too late; {@link io.murmur.storage.Deaths}, {@link
 *       io.murmur.storage.Purge}, {@link io.murmur.storage.PurgeRounds}: how dead cells leave the tables.
 *   <li>{@link io.murmur.storage.Scrub}, {@link io.murmur.storage.DamagedTableException}: broken files found; {@link
 *       io.murmur.storage.Losses}, {@link io.murmur.storage.SetAside}: what follows.
 *   <li>{@link io.murmur.storage.BackgroundJobs}: what closing waits for.
 *   <li>{@link io.murmur.storage.FileDisk}: the file system.
 * </ul>
 */
@NullMarked
package io.murmur.storage;

import org.jspecify.annotations.NullMarked;
