package io.murmur.node.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.tukaani.xz.XZInputStream;

/**
 * Which objects are asked for, in order: 4-byte big-endian ids, the format of the traces of the cache2k project; plain or compressed
 * with xz, which is told by the first bytes.
 */
public final class Trace {

    private static final byte[] XZ_MAGIC = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};

    /** What fits into an array. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 15;

    private final String name;
    private final int[] ids;

    private Trace(String name, int[] ids) {
        this.name = name;
        this.ids = ids;
    }

    /**
     * Reads a file.
     *
     * @param most at most so many requests
     * @throws IOException with one line that says what is wrong with the file
     */
    public static Trace read(Path file, int most) throws IOException {
        byte[] bytes;
        try (InputStream in = open(file)) {
            bytes = in.readNBytes((int) Math.min(MOST_BYTES, 4L * most));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no trace file " + file, e);
        } catch (IOException e) {
            throw new IOException(
                    "the trace file " + file + " cannot be read: "
                            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    e);
        }
        if (bytes.length == 0 || bytes.length % 4 != 0) {
            throw new IOException("the trace file " + file + " has " + bytes.length
                    + " bytes; a trace is a sequence of 4-byte ids, plain or compressed with xz");
        }
        int[] ids = new int[bytes.length / 4];
        ByteBuffer.wrap(bytes).asIntBuffer().get(ids);
        return new Trace(String.valueOf(file.getFileName()), ids);
    }

    private static InputStream open(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(XZ_MAGIC.length);
        byte[] first = in.readNBytes(XZ_MAGIC.length);
        in.reset();
        return Arrays.equals(first, XZ_MAGIC) ? new XZInputStream(in) : in;
    }

    /** Requests by Zipf's law with exponent 1: the object of rank r is asked for in proportion to 1/r. */
    public static Trace zipf(int requests, int objects, long seed) {
        double[] cumulative = new double[objects];
        double sum = 0;
        for (int rank = 0; rank < objects; rank++) {
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
        }
        Random random = new Random(seed);
        int[] ids = new int[requests];
        for (int i = 0; i < requests; i++) {
            int found = Arrays.binarySearch(cumulative, random.nextDouble() * sum);
            ids[i] = Math.min(objects - 1, found < 0 ? -found - 1 : found);
        }
        return new Trace("Zipf over " + objects + " objects, seed " + seed, ids);
    }

    /** What the trace is, for people. */
    public String name() {
        return name;
    }

    public int size() {
        return ids.length;
    }

    /** The objects of all requests; a copy. */
    public int[] ids() {
        return ids.clone();
    }

    /** The object of a request, as an unsigned number in an int. */
    public int id(int request) {
        return ids[request];
    }
}
