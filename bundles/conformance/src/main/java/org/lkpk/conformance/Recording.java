package org.lkpk.conformance;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * What came of cases on a real processor, form after form. The cases themselves are not in it: {@link Cases} makes them again
 * from its seed. It is an XZ stream of: "LKPKREC2", seed, name of the processor, the forms' titles with their numbers of
 * cases, and for each form the columns of {@link OutcomeFormat}.
 */
final class Recording implements Closeable {
    private static final long MAGIC = 0x4C4B504B52454332L;
    private static final int DICTIONARY = 1 << 23;

    /** A form, and how many cases there are of it. */
    record Part(Form form, int cases) { }

    private final DataInputStream in;
    final long seed;
    final String processor;
    final List<Part> parts = new ArrayList<>();
    final Cases cases;

    Recording(InputStream compressed) throws IOException {
        in = new DataInputStream(new BufferedInputStream(new XZInputStream(compressed), 1 << 16));
        if (in.readLong() != MAGIC) throw new IOException("not a recording: it does not begin with LKPKREC2");
        seed = in.readLong();
        processor = in.readUTF();
        for (int n = in.readInt(); n > 0; n--) parts.add(new Part(Form.of(in.readUTF()), in.readInt()));
        cases = new Cases(seed, forms(parts));
    }

    static List<Form> forms(List<Part> parts) {
        return parts.stream().map(Part::form).toList();
    }

    /** What came of the next part's cases; the parts come in their order. */
    OutcomeFormat next() throws IOException {
        return new OutcomeFormat(new Columns(OutcomeFormat.COUNT, in));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Something that tells the columns of each part in turn. */
    interface Source {
        Columns columns(Part part) throws IOException, InterruptedException;
    }

    static void write(OutputStream to, long seed, String processor, List<Part> parts, Source source) throws IOException, InterruptedException {
        LZMA2Options options = new LZMA2Options(LZMA2Options.PRESET_MAX);
        options.setDictSize(DICTIONARY);
        options.setLc(0); // The bytes of a column have little to do with those before them.
        try (DataOutputStream out = new DataOutputStream(new XZOutputStream(to, options))) {
            out.writeLong(MAGIC);
            out.writeLong(seed);
            out.writeUTF(processor);
            out.writeInt(parts.size());
            for (Part part : parts) {
                out.writeUTF(part.form().title());
                out.writeInt(part.cases());
            }
            for (Part part : parts) source.columns(part).write(out);
        }
    }
}
