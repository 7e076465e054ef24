package org.lkpk.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file of single steps that real hardware made, in the format MOO 1.1: nested chunks of a four-letter name, a length
 * and a payload, little endian. Chunks it does not know are skipped.
 */
final class Moo {
    /** Names of the registers, in the order of a mask's bits. */
    static final List<String> REGISTERS = List.of("cr0", "cr3", "eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "cs", "ds",
            "es", "fs", "gs", "ss", "eip", "eflags", "dr6", "dr7");
    private static final int HEADER = 12, TEST_HEADER = 4, NO_EXCEPTION = -1;

    /** One byte of memory. */
    record Cell(int address, byte value) { }

    /** Registers of those in {@link #REGISTERS} that {@code mask} names, and what of memory is told. */
    record Side(int mask, int[] registers, List<Cell> memory) { }

    /**
     * A case.
     *
     * @param valid the bits of each register that count
     * @param exception its vector, or -1
     * @param flagsAddress where the exception pushed FLAGS
     */
    record Step(int index, String name, byte[] code, Side before, Side after, int[] valid, int exception, int flagsAddress) { }

    private final ByteBuffer file;
    final String processor;

    Moo(Path path) throws IOException {
        file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer head = file.remaining() < 8 + HEADER || !name(file).equals("MOO ") ? null : payload(file);
        if (head == null || head.remaining() < HEADER || head.get(0) != 1)
            throw new IOException(path + ": not a MOO file of version 1");
        head.position(8);
        processor = name(head).trim();
    }

    /** The next case; null at the end. */
    Step next() {
        while (file.hasRemaining()) {
            String name = name(file);
            ByteBuffer chunk = payload(file);
            if (name.equals("TEST")) return step(chunk);
        }
        return null;
    }

    private static Step step(ByteBuffer chunk) {
        int index = chunk.getInt(0), exception = NO_EXCEPTION, flagsAddress = 0;
        chunk.position(TEST_HEADER);
        String title = "";
        byte[] code = {};
        Side before = null, after = null;
        int[] valid = all();
        while (chunk.hasRemaining()) {
            String name = name(chunk);
            ByteBuffer part = payload(chunk);
            switch (name) {
                case "NAME" -> title = new String(counted(part), StandardCharsets.US_ASCII);
                case "BYTS" -> code = counted(part);
                case "INIT" -> before = side(part, valid);
                case "FINA" -> after = side(part, valid);
                case "EXCP" -> {
                    exception = part.get() & 0xFF;
                    flagsAddress = part.getInt();
                }
                default -> { }
            }
        }
        return new Step(index, title, code, before, after, valid, exception, flagsAddress);
    }

    private static int[] all() {
        int[] all = new int[REGISTERS.size()];
        Arrays.fill(all, -1);
        return all;
    }

    private static Side side(ByteBuffer chunk, int[] valid) {
        int mask = 0;
        int[] registers = new int[REGISTERS.size()];
        List<Cell> memory = new ArrayList<>();
        while (chunk.hasRemaining()) {
            String name = name(chunk);
            ByteBuffer part = payload(chunk);
            switch (name) {
                case "RG32" -> mask = words(part, registers);
                case "RM32" -> words(part, valid);
                case "RAM " -> {
                    for (int n = part.getInt(); n > 0; n--) memory.add(new Cell(part.getInt(), part.get()));
                }
                default -> { }
            }
        }
        return new Side(mask, registers, memory);
    }

    /** A mask, and a word for each of its bits. */
    private static int words(ByteBuffer part, int[] into) {
        int mask = part.getInt();
        for (int i = 0; i < into.length; i++) if ((mask >> i & 1) != 0) into[i] = part.getInt();
        return mask;
    }

    private static byte[] counted(ByteBuffer part) {
        byte[] bytes = new byte[part.getInt()];
        part.get(bytes);
        return bytes;
    }

    private static String name(ByteBuffer from) {
        byte[] letters = new byte[4];
        from.get(letters);
        return new String(letters, StandardCharsets.US_ASCII);
    }

    private static ByteBuffer payload(ByteBuffer from) {
        int length = from.getInt();
        ByteBuffer part = from.slice(from.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        from.position(from.position() + length);
        return part;
    }
}
