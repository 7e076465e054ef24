package org.lkpk.conformance;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.lkpk.conformance.Outcome.Run;

/** This machine's own processor, asked by the program that {@code execute.c} is, whose head describes what goes to and fro. */
final class Host implements Closeable {
    private static final String SOURCE = "bundles/conformance/src/main/c/execute.c";
    private static final List<String> COMPILER = List.of("gcc", "-m32", "-O2", "-msse2", "-static", "-nostdlib", "-ffreestanding", "-fno-pic",
            "-no-pie", "-fno-stack-protector", "-mstackrealign", "-Wl,-Ttext-segment=0x5A000000", "-Wall", "-Wextra", "-Werror");
    private static final int SECONDS = 60, LARGEST = 1 << 13, HEAD = 52;

    private final Path folder = Files.createTempDirectory("lkpk"), program = folder.resolve("execute");

    /** Builds the program. */
    Host(Path project) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(COMPILER);
        command.addAll(List.of("-o", program.toString(), project.resolve(SOURCE).toString()));
        Command.Output made = Command.run(command, SECONDS);
        if (made.status() == 0) return;
        close();
        throw new IOException("needs gcc -m32 (Debian: gcc-multilib): " + made.last());
    }

    /** Its name, as Linux tells it. */
    String processor() throws IOException {
        try (BufferedReader in = Files.newBufferedReader(Path.of("/proc/cpuinfo"))) {
            return in.lines().filter(l -> l.startsWith("model name")).findFirst().map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse("unknown");
        }
    }

    /** Has it do a part's cases, each written to the columns as it comes. */
    Columns run(Cases cases, Recording.Part part) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<Case> all = new ArrayList<>();
        for (int n = 0; n < part.cases(); n++) all.add(cases.make(part.form(), n));
        CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> ask(process, cases.background, all));
        Columns columns = new Columns(OutcomeFormat.COUNT);
        OutcomeFormat format = new OutcomeFormat(columns);
        int done = 0;
        try (DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(process.getInputStream(), 1 << 16))) {
            for (Case c : all) {
                format.pass(c, outcome(in, c));
                done++;
            }
            asked.get();
        } catch (IOException | ExecutionException e) {
            throw new IOException(part.form().title() + ": the program ended at " + all.get(done), e);
        } finally {
            process.destroy();
        }
        return columns;
    }

    private static void ask(Process process, byte[] background, List<Case> cases) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(background);
            ByteBuffer b = ByteBuffer.allocate(LARGEST).order(ByteOrder.LITTLE_ENDIAN);
            for (Case c : cases) {
                request(c, b.clear());
                out.write(b.array(), 0, b.position());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void request(Case c, ByteBuffer b) {
        for (int r : c.r) b.putInt(r);
        b.putInt(c.eip).putInt(c.eflags);
        for (int s : c.segments()) b.putShort((short) s);
        b.put((byte) c.how).put((byte) c.most).putInt(c.end());
        b.put((byte) (c.image != null ? 1 : 0)).put((byte) (c.patches.size() + 1));
        b.putInt(Case.DATA_SIZE + c.codeOffset()).putShort((short) c.placed.length).put(c.placed);
        for (Case.Patch p : c.patches) b.putInt(p.offset()).putShort((short) p.bytes().length).put(p.bytes());
        if (c.image != null) b.put(c.image.bytes);
    }

    private static Outcome outcome(InputStream in, Case c) throws IOException {
        ByteBuffer b = bytes(in, HEAD);
        Outcome o = new Outcome();
        o.steps = b.get() & 0xFF;
        o.vector = b.get() & 0xFF;
        b.get();
        int runs = b.get() & 0xFF;
        o.address = b.getInt();
        o.error = b.getInt();
        for (int n = 0; n < 8; n++) o.r[n] = b.getInt();
        o.eip = b.getInt();
        o.eflags = b.getInt() & ~Bench.TF;
        ByteBuffer s = bytes(in, 12);
        for (int n = 0; n < 6; n++) o.segments[n] = s.getShort() & 0xFFFF;
        for (int n = 0; n < runs; n++) {
            ByteBuffer run = bytes(in, 6);
            o.runs.add(new Run(run.getInt(), bytes(in, run.getShort() & 0xFFFF).array()));
        }
        if (c.image != null) o.image = new Image(bytes(in, Image.SIZE).array());
        return o;
    }

    private static ByteBuffer bytes(InputStream in, int count) throws IOException {
        byte[] b = in.readNBytes(count);
        if (b.length < count) throw new java.io.EOFException();
        return ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        Folders.delete(folder);
    }
}
