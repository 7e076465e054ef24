package org.lkpk.itest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lkpk.api.cpu.Disassembler;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Symbol;

/**
 * Copies of a running kernel's functions that do elsewhere what they do in their place. Left out are those whose copies
 * would not: with jump tables, exception or bug entries, or jumps to elsewhere that are too short to be moved.
 */
final class Copies {
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
    private static final Set<Integer> PREFIXES = Set.of(0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3);
    private static final int LEAST = 16, MOST = 160;

    private final KernelImage kernel;
    private final Disassembler disassembler;
    private final byte[] image;
    private final int base;
    private final Set<Integer> faulting = new HashSet<>();

    /** @param image the kernel's memory from {@code base} on: its code, and data behind it */
    Copies(KernelImage kernel, Disassembler disassembler, byte[] image, int base) {
        this.kernel = kernel;
        this.disassembler = disassembler;
        this.image = image;
        this.base = base;
        findExceptions();
    }

    /** Up to {@code most} functions by name, spread over the kernel, in one object; those in {@code without} are left out. */
    Map<String, byte[]> object(int most, Set<String> without) {
        Map<Symbol, List<int[]>> all = new LinkedHashMap<>();
        for (Symbol symbol : kernel.symbols().all()) {
            boolean code = symbol.type() == 't' || symbol.type() == 'T';
            if (!code || symbol.size() < LEAST || symbol.size() > MOST || without.contains(symbol.name())) continue;
            if (kernel.symbols().only(symbol.name()).isEmpty() || symbol.name().contains(".")) continue;
            List<int[]> targets = targets(symbol);
            if (targets != null) all.put(symbol, targets);
        }
        Elf elf = new Elf();
        StringBuilder names = new StringBuilder();
        int step = Math.max(1, all.size() / most), number = 0, taken = 0;
        for (Map.Entry<Symbol, List<int[]>> entry : all.entrySet()) {
            if (number++ % step != 0 || taken == most) continue;
            taken++;
            elf.function(entry.getKey().name(), code(entry.getKey()), entry.getValue());
            names.append(names.isEmpty() ? "" : ",").append(entry.getKey().name());
        }
        return Map.of(names.toString(), elf.bytes());
    }

    private byte[] code(Symbol symbol) {
        int at = symbol.address() - base;
        return at < 0 || at + symbol.size() > image.length ? new byte[0] : Arrays.copyOfRange(image, at, at + symbol.size());
    }

    /** Relative words that lead out of the function, with where to; null if it cannot be copied. */
    private List<int[]> targets(Symbol symbol) {
        byte[] code = code(symbol);
        if (code.length < NOP5.length || !Arrays.equals(Arrays.copyOf(code, NOP5.length), NOP5)) return null;
        List<int[]> found = new ArrayList<>();
        for (Disassembler.Line line : disassembler.disassemble(code, symbol.address(), 32)) {
            int at = line.address() - symbol.address(), op = at;
            if (line.text().startsWith("db") || faulting.contains(line.address())) return null;
            while (op < code.length - 1 && PREFIXES.contains(code[op] & 0xFF)) op++;
            int first = code[op] & 0xFF, second = op + 1 < code.length ? code[op + 1] & 0xFF : 0;
            int end = at + line.length();
            boolean near = first == 0xE8 || first == 0xE9 || first == 0x0F && (second & 0xF0) == 0x80;
            boolean close = first == 0xEB || first >= 0x70 && first <= 0x7F || first >= 0xE0 && first <= 0xE3;
            if (first == 0xFF && (second >> 3 & 7) == 4 || first == 0x0F && second == 0x0B || first == 0xCC) return null;
            if (near) {
                int target = symbol.address() + end + ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).getInt(end - 4);
                if (Integer.compareUnsigned(target - symbol.address(), code.length) >= 0) found.add(new int[] {end - 4, target});
            }
            if (close && (end + code[end - 1] < 0 || end + code[end - 1] >= code.length)) return null;
        }
        return found;
    }

    /** The kernel's exception table is the longest run of sorted entries of three words that lead into its code. */
    private void findExceptions() {
        ByteBuffer words = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        int text = kernel.symbols().only("_etext").orElseThrow().address() - base;
        List<Integer> longest = List.of();
        for (int phase = 0; phase < 12; phase += 4) {
            List<Integer> run = new ArrayList<>();
            for (int at = (text & -4) + phase; at + 12 <= image.length; at += 12) {
                int instruction = at + words.getInt(at), fixup = at + 4 + words.getInt(at + 4);
                boolean entry = instruction >= 0 && instruction < text && fixup >= 0 && fixup < text
                        && (run.isEmpty() || instruction >= run.get(run.size() - 1));
                if (entry) run.add(instruction);
                if (!entry || at + 24 > image.length) {
                    if (run.size() > longest.size()) longest = run;
                    run = new ArrayList<>();
                }
            }
        }
        if (longest.size() < 100) throw new AssertionError("no exception table");
        for (int instruction : longest) faulting.add(base + instruction);
    }
}
