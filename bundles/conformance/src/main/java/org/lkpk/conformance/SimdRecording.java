package org.lkpk.conformance;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** A recording of MMX and SSE instructions, case after case. Its format is described in {@code simd.c}, which makes it. */
final class SimdRecording implements Closeable {
    private final DataInputStream in;
    final long seed;
    final String processor;
    private String form;
    private long[] state = new long[SimdCase.WORDS];

    /** @param compressed by gzip */
    SimdRecording(InputStream compressed) throws IOException {
        in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(compressed, 1 << 16), 1 << 16));
        if (!new String(in.readNBytes(8), StandardCharsets.US_ASCII).equals("LKPKSIM1"))
            throw new IOException("not a recording: it does not begin with LKPKSIM1");
        seed = Integer.reverseBytes(in.readInt()) & 0xFFFFFFFFL;
        processor = text().strip();
    }

    /** The next case; null at the end. */
    SimdCase next() throws IOException {
        for (;;) {
            int tag = in.readUnsignedByte();
            if (tag == 'E') return null;
            if (tag == 'C') break;
            if (tag != 'F') throw new IOException("damaged recording: tag " + tag);
            form = text();
        }
        int at = in.readUnsignedByte();
        byte[] code = in.readNBytes(in.readUnsignedByte());
        long[] before = changed();
        int vector = in.readUnsignedByte();
        return new SimdCase(form, at, code, before, vector, changed());
    }

    private long[] changed() throws IOException {
        state = state.clone();
        int mask = Short.reverseBytes(in.readShort());
        for (int n = 0; n < state.length; n++) if ((mask >> n & 1) != 0) state[n] = Long.reverseBytes(in.readLong());
        return state;
    }

    private String text() throws IOException {
        return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII).replace("\0", "");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
