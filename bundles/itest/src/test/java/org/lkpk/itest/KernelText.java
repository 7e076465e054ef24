package org.lkpk.itest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.machine.Machine;
import org.osgi.framework.BundleContext;

/** The running kernel's code as it lies in RAM. */
final class KernelText {
    private static final int PAGE_OFFSET = 0xC0000000;
    private static final byte[] NOP_LONG = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00}, NOP_SHORT = {(byte) 0x89, (byte) 0xF6};
    private static final byte JMP_LONG = (byte) 0xE9, JMP_SHORT = (byte) 0xEB;

    private KernelText() { }

    /** The code, and 8 MB behind it. */
    static byte[] image(BundleContext context, Machine machine) throws Exception {
        return of(context, machine, 8 << 20);
    }

    static byte[] of(BundleContext context, Machine machine) throws Exception {
        return of(context, machine, 0);
    }

    private static boolean isLabel(KernelImage kernel, int start, byte[] before, byte[] now, int differs) {
        for (int site = Math.max(0, differs - 4); site <= differs; site++) {
            Symbol function = kernel.symbols().covering(start + site).orElseThrow();
            boolean entry = function.address() == start + site;
            for (byte[][] pair : new byte[][][] {{before, now}, {now, before}}) {
                // A patch's jump stands at the entry and leads away; what is not traced may have a label there.
                if (entry && pair[1][site] == JMP_LONG && Integer.compareUnsigned(5
                        + ByteBuffer.wrap(pair[1]).order(ByteOrder.LITTLE_ENDIAN).getInt(site + 1), function.size()) >= 0) continue;
                boolean off = Arrays.equals(pair[0], site, site + 5, NOP_LONG, 0, 5) && pair[1][site] == JMP_LONG
                        || differs - site < 2 && Arrays.equals(pair[0], site, site + 2, NOP_SHORT, 0, 2) && pair[1][site] == JMP_SHORT;
                if (off) return true;
            }
        }
        return false;
    }

    private static byte[] of(BundleContext context, Machine machine, int behind) throws Exception {
        KernelImage kernel = RunningGuest.service(context, Kernels.class).running(machine).orElseThrow();
        int start = kernel.symbols().only("_stext").orElseThrow().address();
        int end = kernel.symbols().only("_etext").orElseThrow().address();
        byte[] text = new byte[end - start + behind];
        return machine.atRest(Machine.When.ANY, Duration.ofSeconds(10), () -> {
            machine.memory().read(start - PAGE_OFFSET, text, 0, text.length);
            return text;
        });
    }

    /**
     * Where {@code now} differs from {@code before}, by functions; empty if nowhere. Jump labels that the kernel itself has
     * turned meanwhile are none: they jump within their function, also where they stand at its entry.
     */
    static String difference(KernelImage kernel, byte[] before, byte[] now) {
        int start = kernel.symbols().only("_stext").orElseThrow().address();
        Set<String> functions = new TreeSet<>();
        for (int i = 0; i < before.length; i++)
            if (before[i] != now[i] && !isLabel(kernel, start, before, now, i)) functions.add(kernel.symbols().covering(start + i).orElseThrow().name());
        return String.join(", ", functions);
    }
}
