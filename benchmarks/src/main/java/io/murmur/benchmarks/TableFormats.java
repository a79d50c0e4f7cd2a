package io.murmur.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.volume.MappedFileVol;
import org.mapdb.volume.Volume;

/** What MapDB's two write-once formats can and cost: the figures of {@code docs/decisions/0003}. Its argument is a folder to write in. */
final class TableFormats {

    private static final int INCREMENT_BYTES = 16 << 20;

    private final Path folder;

    private TableFormats(Path folder) {
        this.folder = folder;
    }

    private record Load(int entries, int valueBytes) {
        static final Load SMALL = new Load(500_000, 100);
        static final Load MEDIUM = new Load(100_000, 1024);
        static final Load LARGE = new Load(24, 8 << 20);

        byte[] key(int number) {
            return String.format(Locale.ROOT, "key-%020d", number).getBytes(StandardCharsets.US_ASCII);
        }

        byte[] value(int number) {
            byte[] value = new byte[valueBytes];
            new Random(number).nextBytes(value);
            return value;
        }
    }

    private interface Sink {
        void put(byte[] key, byte[] value);
    }

    private static void put(Load load, Sink sink) {
        for (int number = 0; number < load.entries; number++) {
            sink.put(load.key(number), load.value(number));
        }
    }

    private void tree(String name, Load load, boolean mapped, boolean outside) throws IOException {
        File file = Files.createTempFile(folder, "tree", ".mapdb").toFile();
        Files.delete(file.toPath());
        DBMaker.Maker maker = DBMaker.fileDB(file);
        DB db = (mapped ? maker.fileMmapEnable() : maker.fileChannelEnable())
                .fileLockDisable()
                .allocateStartSize(INCREMENT_BYTES)
                .allocateIncrement(INCREMENT_BYTES)
                .concurrencyDisable()
                .make();
        var map = db.treeMap("cells", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY);
        var sink = (outside ? map.valuesOutsideNodesEnable() : map).createFromSink();
        long start = System.nanoTime();
        put(load, sink::put);
        sink.create();
        db.commit();
        db.close();
        try (FileChannel channel = FileChannel.open(file.toPath(), StandardOpenOption.WRITE)) {
            channel.force(false);
        }
        long written = System.nanoTime() - start;
        DB read = DBMaker.fileDB(file)
                .fileMmapEnable()
                .fileLockDisable()
                .readOnly()
                .make();
        measure(
                name,
                load,
                read.treeMap("cells", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY)
                        .open(),
                written,
                file);
        read.close();
        Files.delete(file.toPath());
    }

    private void sorted(String name, Load load, int pageBytes) throws IOException {
        File file = Files.createTempFile(folder, "sorted", ".mapdb").toFile();
        Volume volume = MappedFileVol.FACTORY.makeVolume(file.getPath(), false);
        var sink = SortedTableMap.create(volume, Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY)
                .pageSize(pageBytes)
                .createFromSink();
        long start = System.nanoTime();
        put(load, sink::put);
        Map<byte[], byte[]> map = sink.create();
        volume.sync();
        measure(name, load, map, System.nanoTime() - start, file);
        volume.close();
        Files.delete(file.toPath());
    }

    private static void measure(String name, Load load, Map<byte[], byte[]> map, long writtenNanos, File file) {
        Random random = new Random(5);
        int gets = Math.min(50_000, 10 * load.entries);
        int found = 0;
        long start = System.nanoTime();
        for (int i = 0; i < gets; i++) {
            byte[] value = map.get(load.key(random.nextInt(load.entries)));
            found += value != null && value.length == load.valueBytes ? 1 : 0;
        }
        long got = System.nanoTime() - start;
        check(found == gets, "a key was not found");
        int scanned = 0;
        start = System.nanoTime();
        for (Map.Entry<byte[], byte[]> entry : map.entrySet()) {
            scanned += entry.getValue().length == load.valueBytes ? 1 : 0;
        }
        long swept = System.nanoTime() - start;
        check(scanned == load.entries, "the scan lost an entry");
        check(
                Arrays.equals(map.get(load.key(load.entries / 2)), load.value(load.entries / 2)),
                "a value came back as another");
        System.out.printf(
                Locale.ROOT,
                "%-28s %,9d bytes: %,12.0f written/s %,9.1f us a get %,12.0f scanned/s, file %.2f of the data%n",
                name,
                load.valueBytes,
                load.entries * 1e9 / writtenNanos,
                got / 1e3 / gets,
                scanned * 1e9 / swept,
                file.length() / ((double) load.entries * (24 + load.valueBytes)));
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }

    public static void main(String[] arguments) throws IOException {
        TableFormats formats = new TableFormats(Path.of(arguments[0]));
        // Twice, because the first round also warms the machine.
        for (Load load : new Load[] {Load.SMALL, Load.SMALL, Load.MEDIUM}) {
            formats.tree("tree, mapped", load, true, false);
            formats.tree("tree, channel", load, false, false);
            formats.tree("tree, channel, values apart", load, false, true);
            formats.sorted("sorted table, 64 KiB pages", load, 64 << 10);
            formats.sorted("sorted table, 1 MiB pages", load, 1 << 20);
        }
        formats.tree("tree, channel, values apart", Load.LARGE, false, true);
        formats.tree("tree, channel", new Load(8, 8 << 20), false, false);
    }
}
