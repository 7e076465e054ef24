package org.lkpk.itest;

import java.time.Duration;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.machine.Machine;
import org.osgi.framework.BundleContext;

/** The running kernel's code as it lies in RAM. */
final class KernelText {
    private static final int PAGE_OFFSET = 0xC0000000;

    private KernelText() { }

    /** The code, and 8 MB behind it. */
    static byte[] image(BundleContext context, Machine machine) throws Exception {
        return of(context, machine, 8 << 20);
    }

    static byte[] of(BundleContext context, Machine machine) throws Exception {
        return of(context, machine, 0);
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
}
