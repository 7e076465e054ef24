package org.lkpk.demo;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;
import org.lkpk.api.machine.Machine;

/** The whole text of a running kernel, copied between two instructions. */
final class KernelText {
    private static final Duration REST = Duration.ofSeconds(10);
    private static final int PAGE = 0x1000;
    /** What the kernel itself rewrites at a jump label: no operation, or a jump. */
    private static final byte[][] NOPS = {{0x66, (byte) 0x90}, {0x0F, 0x1F, 0x44, 0x00, 0x00}, {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00}};
    private static final int JMP_SHORT = 0xEB;
    private static final int JMP_NEAR = 0xE9;

    private final SymbolTable symbols;
    private final int start;
    private final byte[] bytes;

    /** @param start address of the first of {@code bytes} */
    KernelText(SymbolTable symbols, int start, byte[] bytes) {
        this.symbols = symbols;
        this.start = start;
        this.bytes = bytes;
    }

    static KernelText of(Machine machine, KernelImage kernel) throws Failure, InterruptedException {
        int start = kernel.symbols().only("_stext").map(Symbol::address).orElse(kernel.base());
        int end = kernel.symbols().only("_etext").orElseThrow(() -> new Failure("kernel text: no symbol _etext")).address();
        try {
            return new KernelText(kernel.symbols(), start,
                    machine.atRest(Machine.When.ANY, REST, () -> copy(machine, start, end - start)));
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception failed) {
            throw new Failure("kernel text: " + failed.getMessage());
        }
    }

    private static byte[] copy(Machine machine, int start, int size) throws Failure {
        byte[] bytes = new byte[size];
        Cpu cpu = machine.cpus().get(0);
        for (int done = 0; done < size;) {
            int count = Math.min(size - done, PAGE - (start + done & PAGE - 1));
            long physical = cpu.physical(start + done);
            if (physical < 0) throw new Failure(String.format("%08x is not mapped", start + done));
            machine.memory().read((int) physical, bytes, done, count);
            done += count;
        }
        return bytes;
    }

    /** Where this differs from {@code before}, jump labels apart; empty if nowhere. */
    String difference(KernelText before) {
        for (int i = Arrays.mismatch(bytes, before.bytes); i >= 0 && i < bytes.length; i = next(before, i)) {
            int label = jumpLabel(before, i);
            if (label < 0) return String.format("%08x %s differs", start + i,
                    symbols.covering(start + i).map(Symbol::name).orElse("?"));
            i = label;
        }
        return "";
    }

    private int next(KernelText before, int from) {
        int further = Arrays.mismatch(bytes, from, bytes.length, before.bytes, from, bytes.length);
        return further < 0 ? -1 : from + further;
    }

    /** Behind the jump label around the differing byte at {@code at}; -1 if there is none. */
    private int jumpLabel(KernelText before, int at) {
        for (byte[] nop : NOPS) {
            for (int site = Math.max(0, at - nop.length + 1); site <= at && site + nop.length <= bytes.length; site++) {
                boolean flipped = before.holds(site, nop) && jumps(site, nop.length) || holds(site, nop) && before.jumps(site, nop.length);
                // A function's entry is no jump label: a patch's JMP that stayed there must be found.
                if (flipped && symbols.covering(start + site).map(Symbol::address).orElse(0) != start + site)
                    return site + nop.length;
            }
        }
        return -1;
    }

    private boolean holds(int site, byte[] code) {
        return Arrays.equals(bytes, site, site + code.length, code, 0, code.length);
    }

    private boolean jumps(int site, int length) {
        return (bytes[site] & 0xFF) == (length == 2 ? JMP_SHORT : JMP_NEAR);
    }

    /** SHA-256 of the text, the first 16 digits. */
    String digest() throws Failure {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)).substring(0, 16);
        } catch (NoSuchAlgorithmException missing) {
            throw new Failure("kernel text: " + missing.getMessage());
        }
    }
}
