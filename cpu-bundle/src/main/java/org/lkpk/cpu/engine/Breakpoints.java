package org.lkpk.cpu.engine;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/**
 * The breakpoints on code and data that DR0–DR3 and DR7 set (SDM vol. 3, 17.2); those on ports are the business of IN and
 * OUT. One on code becomes an operation at the start of each block that may lie at its address, one on data keeps its page
 * out of the TLBs; so neither costs anything elsewhere.
 */
final class Breakpoints {
    private static final int COUNT = 4, EXECUTE = 0, WRITE = 1, READ_OR_WRITE = 3, NONE = -1;
    private static final int OFFSET = 0xFFF;
    /** By DR7's LEN; 2 is that of later processors. */
    private static final int[] LENGTHS = {1, 2, 8, 4};

    private final CpuState s;
    /** Of each breakpoint: what it would wait for, or {@link #NONE}; its address; its length. */
    private final int[] kind = {NONE, NONE, NONE, NONE}, address = new int[COUNT], length = new int[COUNT];
    /** A bit for each that DR7 enables; DR6 tells of the others too, once one of these is met. */
    private int enabled;
    private boolean code, data;

    Breakpoints(CpuState s) {
        this.s = s;
    }

    /** Looks at the debug registers; returns whether decoded code and translations must be dropped. */
    boolean changed() {
        boolean changed = false;
        int before = enabled;
        enabled = 0;
        code = data = false;
        for (int n = 0; n < COUNT; n++) {
            int control = s.dr[7] >>> 16 + 4 * n & 15, size = control >> 2;
            int k = (control & 3) == 2 ? NONE : control & 3, bytes = LENGTHS[size], at = k > EXECUTE ? s.dr[n] & -bytes : s.dr[n];
            boolean on = k != NONE && (s.dr[7] >> 2 * n & 3) != 0;
            changed |= on && (k != kind[n] || at != address[n] || bytes != length[n]);
            kind[n] = k;
            address[n] = at;
            length[n] = bytes;
            if (on) enabled |= 1 << n;
            code |= on && k == EXECUTE;
            data |= on && k > EXECUTE;
        }
        return changed || enabled != before;
    }

    private boolean on(int n) {
        return (enabled >> n & 1) != 0;
    }

    /** Whether a block must begin here, seen by whatever linear address. */
    boolean at(int linear) {
        if (!code) return false;
        for (int n = 0; n < COUNT; n++) if (on(n) && kind[n] == EXECUTE && ((address[n] ^ linear) & OFFSET) == 0) return true;
        return false;
    }

    /** @throws Fault #DB if there is a breakpoint on the instruction at {@code linear} and RF does not pass over it */
    void execute(int linear) {
        if (!code || (s.system & CpuState.RF) != 0) return;
        int met = met(linear);
        if (met == 0) return;
        s.debugged(met);
        throw s.fault(Fault.DB);
    }

    /** The breakpoints on the instruction at {@code linear}, as DR6 tells them; 0 if none of them is enabled. */
    int met(int linear) {
        if (!code) return 0;
        int met = 0;
        for (int n = 0; n < COUNT; n++) if (kind[n] == EXECUTE && address[n] == linear) met |= 1 << n;
        return (met & enabled) != 0 ? met : 0;
    }

    /** The operation to stand before the instruction at {@code linear}, or null. */
    Op before(int linear) {
        return at(linear) ? new Check() : null;
    }

    /** Whether a page's accesses must be looked at. */
    boolean watches(int page) {
        if (!data) return false;
        for (int n = 0; n < COUNT; n++) if (on(n) && kind[n] > EXECUTE && address[n] >>> 12 == page) return true;
        return false;
    }

    /** The breakpoints that an access meets, as DR6 tells them; 0 if none of them is enabled. */
    int met(int linear, int size, boolean write) {
        int met = 0;
        for (int n = 0; n < COUNT; n++) {
            boolean wanted = kind[n] == READ_OR_WRITE || kind[n] == WRITE && write;
            int ahead = linear - address[n];
            if (wanted && (Integer.compareUnsigned(ahead, length[n]) < 0 || Integer.compareUnsigned(-ahead, size) < 0)) met |= 1 << n;
        }
        return (met & enabled) != 0 ? met : 0;
    }

    /** Stands at the start of a block, where EIP is. */
    private final class Check extends Op {
        Check() {
            weight = 0;
        }

        @Override
        public void run(CpuState state) {
            execute(state.eip + state.base[CpuState.CS]);
        }
    }
}
