package org.lkpk.patcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.elf.LinkedText;
import org.lkpk.patcher.elf.Linker;
import org.lkpk.patcher.kernel.Kernel;

/** Makes the plan of one patch for one kernel, and every refusal that there can be, before anything is written. */
final class Planner {
    static final int JUMP = 5;
    private static final byte JMP_REL32 = (byte) 0xE9;
    /** The entries of traced functions, where EIP is only ever before or behind: one five-byte instruction each. */
    private static final List<byte[]> NOPS = List.of(bytes("3e8d742600"), bytes("0f1f440000"), bytes("6666666690"));

    private final Guest guest;
    private final Kernel kernel;
    private final Patch patch;

    Planner(Guest guest, Kernel kernel, Patch patch) {
        this.guest = guest;
        this.kernel = kernel;
        this.patch = patch;
    }

    /**
     * @param room that the block belongs to
     * @param fragile linear addresses of entries of several instructions, inside of which a task may stand
     */
    record Result(Plan plan, Room room, Room.Block block, List<Integer> fragile) { }

    Result plan() throws PatchRefused {
        Linker linker = new Linker(patch, object());
        Map<String, Integer> replaced = new LinkedHashMap<>();
        Map<String, byte[]> entries = new LinkedHashMap<>();
        List<Integer> fragile = new ArrayList<>();
        for (Patch.Function function : patch.replaced()) {
            Symbol symbol = symbol(function);
            byte[] entry = entry(function, symbol);
            boolean traced = isNop(entry);
            if (!traced && linker.wraps(function.name()))
                throw refused(function.name() + ": has no five-byte NOP at its entry, so that its old body cannot be called");
            if (!traced) fragile.add(symbol.address());
            replaced.put(function.name(), symbol.address());
            entries.put(function.name(), entry);
        }
        return placed(linker, replaced, entries, fragile);
    }

    private Result placed(Linker linker, Map<String, Integer> replaced, Map<String, byte[]> entries, List<Integer> fragile)
            throws PatchRefused {
        Room room = guest.room();
        Room.Block block = room.take(linker.size());
        if (block == null) {
            guest.sweep(room, kernel);
            block = room.take(linker.size());
        }
        if (block == null)
            throw refused("needs " + linker.size() + " bytes; the memory card's " + room.size() + " are in use");
        boolean done = false;
        try {
            LinkedText text = linker.linked(kernel.linear(block.start()), kernel.symbols(), replaced);
            Plan plan = new Plan(List.of(new Plan.Write(patch.name(), block.start(), new byte[0], text.bytes())),
                    jumps(text, replaced, entries));
            done = true;
            return new Result(plan, room, block, fragile);
        } finally {
            if (!done) room.free(block);
        }
    }

    private List<Plan.Write> jumps(LinkedText text, Map<String, Integer> replaced, Map<String, byte[]> entries) {
        List<Plan.Write> jumps = new ArrayList<>();
        for (Map.Entry<String, Integer> function : replaced.entrySet()) {
            int from = function.getValue();
            byte[] jump = ByteBuffer.allocate(JUMP).order(ByteOrder.LITTLE_ENDIAN).put(JMP_REL32)
                    .putInt(text.entries().get(function.getKey()) - (from + JUMP)).array();
            byte[] old = Arrays.copyOf(entries.get(function.getKey()), JUMP);
            jumps.add(new Plan.Write(function.getKey(), kernel.physical(from), old, jump));
        }
        return jumps;
    }

    private Patch.ObjectFile object() throws PatchRefused {
        List<String> globs = new ArrayList<>();
        for (Patch.ObjectFile file : patch.objects()) {
            if (Glob.matches(file.releases(), kernel.release())) return file;
            globs.add(file.releases());
        }
        throw refused("for kernel " + String.join(", ", globs) + "; the running one is " + kernel.title());
    }

    private Symbol symbol(Patch.Function function) throws PatchRefused {
        List<Symbol> found = new ArrayList<>();
        for (Symbol symbol : kernel.symbols().named(function.name()))
            if ("tTwW".indexOf(symbol.type()) >= 0) found.add(symbol);
        if (found.isEmpty()) throw refused(function.name() + ": no such function in kernel " + kernel.title());
        if (function.position() > found.size())
            throw refused(function.name() + ": position " + function.position() + ", but " + found.size() + " functions of that name");
        if (function.position() == 0 && found.size() > 1)
            throw refused(function.name() + ": " + found.size() + " functions of that name, the patch gives no position");
        Symbol symbol = found.get(Math.max(0, function.position() - 1));
        if (symbol.size() > 0 && symbol.size() < JUMP)
            throw refused(function.name() + ": its " + symbol.size() + " bytes are too short for a jump");
        return symbol;
    }

    /** The bytes at the entry, at least five, checked against what the patch expects. */
    private byte[] entry(Patch.Function function, Symbol symbol) throws PatchRefused {
        byte[] wanted = function.entry();
        byte[] found = read(symbol.address(), Math.max(JUMP, wanted.length));
        boolean asExpected = wanted.length == 0 ? isNop(found) : Arrays.equals(wanted, Arrays.copyOf(found, wanted.length));
        if (asExpected) return found;
        throw refused(function.name() + ": its entry holds " + hex(found) + ", not "
                + (wanted.length == 0 ? "the five-byte NOP" : hex(wanted)));
    }

    private byte[] read(int linear, int count) throws PatchRefused {
        try {
            byte[] bytes = new byte[count];
            guest.read(kernel.physical(linear), bytes, count);
            return bytes;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw refused("interrupted");
        } catch (Exception notNow) {
            throw refused("machine " + guest.machine().name() + " does not come to rest");
        }
    }

    private static boolean isNop(byte[] entry) {
        byte[] start = Arrays.copyOf(entry, JUMP);
        for (byte[] nop : NOPS)
            if (Arrays.equals(nop, start)) return true;
        return false;
    }

    private PatchRefused refused(String reason) {
        return new PatchRefused(patch.name() + ": " + reason);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
