package org.lkpk.conformance;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Columns of bytes, which pack better than rows. One that is empty at first is written to, one that was read is read from:
 * in both cases each method returns the value that has passed.
 */
final class Columns {
    private final ByteArrayOutputStream[] out;
    private final byte[][] in;
    private final int[] at;

    Columns(int count) {
        out = new ByteArrayOutputStream[count];
        for (int n = 0; n < count; n++) out[n] = new ByteArrayOutputStream();
        in = null;
        at = null;
    }

    Columns(int count, DataInputStream from) throws IOException {
        out = null;
        in = new byte[count][];
        at = new int[count];
        for (int n = 0; n < count; n++) {
            int length = from.readInt();
            in[n] = from.readNBytes(length);
            if (in[n].length < length) throw new IOException("damaged recording: it ends too early");
        }
    }

    void write(DataOutputStream to) throws IOException {
        for (ByteArrayOutputStream column : out) {
            to.writeInt(column.size());
            column.writeTo(to);
        }
    }

    boolean reading() {
        return in != null;
    }

    int pass(int column, int value) {
        if (in != null) return in[column][at[column]++] & 0xFF;
        out[column].write(value);
        return value & 0xFF;
    }

    /** A number whose {@code bytes} go into so many columns, the lowest first. */
    long pass(int column, long value, int bytes) {
        long v = 0;
        for (int n = 0; n < bytes; n++) v |= (long) pass(column + n, (int) (value >>> 8 * n)) << 8 * n;
        return v;
    }
}
