package org.lkpk.conformance;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.lkpk.conformance.Case.Registers;
import org.lkpk.conformance.Case.Run;

/** A recording, case after case. Its format is described in {@code record.c}, which makes it. */
final class Recording implements Closeable {
    private static final int IN_FLAGS = 0x100, MEMORY = 0x200, LAYOUT = 0x400, EIP = 0x400, FAULT = 0x800;
    private static final int PAGE_FAULT = 14, SMALL_CODE = 3;

    private final DataInputStream in;
    final long seed;
    final int codeBase, dataBase, dataSize;
    final String processor;
    private Form form;
    private int[] general = new int[8];
    private int flags, layout;

    /** @param compressed by gzip */
    Recording(InputStream compressed) throws IOException {
        in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(compressed, 1 << 16), 1 << 16));
        if (!new String(in.readNBytes(8), StandardCharsets.US_ASCII).equals("LKPKREC1"))
            throw new IOException("not a recording: it does not begin with LKPKREC1");
        seed = u32() & 0xFFFFFFFFL;
        codeBase = u32();
        dataBase = u32();
        dataSize = u32();
        processor = text().strip();
    }

    /** The next case; null at the end. */
    Case next() throws IOException {
        for (;;) {
            int tag = in.readUnsignedByte();
            if (tag == 'E') return null;
            if (tag == 'C') return one();
            if (tag != 'F') throw new IOException("damaged recording: tag " + tag);
            form = Form.of(text());
        }
    }

    private Case one() throws IOException {
        int mask = u16();
        List<Run> wroteBefore = common(mask);
        if ((mask & LAYOUT) != 0) layout = in.readUnsignedByte();
        int offset = u16(), start = layout == SMALL_CODE ? offset : codeBase + offset;
        byte[] code = in.readNBytes(in.readUnsignedByte());
        Registers before = new Registers(general, flags, start);
        int steps = in.readUnsignedByte();
        mask = u16();
        List<Run> wroteAfter = common(mask);
        int eip = (mask & EIP) != 0 ? u32() : start + code.length;
        int vector = (mask & FAULT) != 0 ? in.readUnsignedByte() : Case.NONE;
        int address = vector == PAGE_FAULT ? u32() : 0;
        Registers after = new Registers(general, flags, eip);
        return new Case(form, before, layout, wroteBefore, offset, code, steps, after, wroteAfter, vector, address);
    }

    /** Registers, flags and memory that changed. */
    private List<Run> common(int mask) throws IOException {
        general = general.clone();
        for (int i = 0; i < 8; i++) if ((mask >> i & 1) != 0) general[i] = u32();
        if ((mask & IN_FLAGS) != 0) flags = u16();
        List<Run> runs = new ArrayList<>();
        int count = (mask & MEMORY) != 0 ? in.readUnsignedByte() : 0;
        for (int i = 0; i < count; i++) {
            int offset = u16();
            runs.add(new Run(offset, in.readNBytes(in.readUnsignedByte())));
        }
        return runs;
    }

    private String text() throws IOException {
        return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII).replace("\0", "");
    }

    private int u16() throws IOException {
        return Short.reverseBytes(in.readShort()) & 0xFFFF;
    }

    private int u32() throws IOException {
        return Integer.reverseBytes(in.readInt());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
