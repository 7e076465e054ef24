package org.lkpk.cpu.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.lkpk.api.cpu.Board;
import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.fpu.Simd;

/**
 * All that an instruction can see: registers as data, and memory through {@link Tlb}. Belongs to the machine's thread.
 * Numbers of registers and segments are those of the instruction encoding.
 */
public final class CpuState {
    public static final int EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
    /** Index in {@link #r} of a register that always holds 0: an address without base or index names it. */
    public static final int NONE = 8;
    public static final int ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5, LDTR = 6, TR = 7;

    /** EFLAGS bits. */
    public static final int CF = 1, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, TF = 0x100, IF = 0x200, DF = 0x400, OF = 0x800,
            IOPL = 0x3000, NT = 0x4000, RF = 0x10000, VM = 0x20000, AC = 0x40000, VIF = 0x80000, VIP = 0x100000, ID = 0x200000;
    public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

    public static final int CR0_PE = 1, CR0_MP = 2, CR0_EM = 4, CR0_TS = 8, CR0_ET = 0x10, CR0_NE = 0x20, CR0_WP = 0x10000,
            CR0_AM = 0x40000, CR0_NW = 0x20000000, CR0_CD = 0x40000000, CR0_PG = 0x80000000;
    public static final int CR4_VME = 1, CR4_PVI = 2, CR4_TSD = 4, CR4_DE = 8, CR4_PSE = 0x10, CR4_PAE = 0x20, CR4_MCE = 0x40,
            CR4_PGE = 0x80, CR4_PCE = 0x100, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400;

    /** EFER's bit that lets NX of PAE's entries count. */
    public static final int EFER_NXE = 0x800;

    /** Bits of {@link #mode}, which decoded code is keyed by; in code that is flat, accesses need no checks but the pages'. */
    public static final int CODE32 = 1, STACK32 = 2, FLAT = 4, USER = 8;

    /** Bits of {@link #attention}. */
    public static final int INTERRUPT = 1, NMI = 2, STEP = 4, USER_STOP = 8, SHADOW = 0x10, STOPPED = 0x20, DEBUG = 0x40,
            RESUME = 0x80, HELD = 0x100;
    /** The shadow of a load of SS, which holds #DB off too. */
    public static final int STACK_SHADOW = SHADOW | HELD;

    /** Instructions that take translated code 20 microseconds at most, which is as long as nobody waits for. */
    public static final int SLICE = 1 << 14;

    /** {@link #interjected} without an order: other fields may stay in host registers across a look at it. */
    private static final VarHandle INTERJECTED;

    static {
        try {
            INTERJECTED = MethodHandles.lookup().findVarHandle(CpuState.class, "interjected", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Bits of DR6 and DR7. */
    public static final int DR6_MET = 0xF, DR6_BD = 0x2000, DR6_BS = 0x4000, DR6_BT = 0x8000, DR7_ENABLED = 0xFF;

    /** What an access through a segment needs. */
    public static final int READ = 1, WRITE = 2;

    /** EAX … EDI, and a 0. */
    public final int[] r = new int[9];
    /**
     * While a decoded block runs, its first instruction's; an instruction that ends its block sees its successor's here.
     */
    public int eip;

    /** The arithmetic flags as the last result, sign-extended to 32 bits: ZF, SF, PF, unless {@link #carries} differs. */
    public int result;
    /**
     * The carry vector: bit 31 carry out of the top bit (CF), bit 30 carry into it (OF = 31 ^ 30), bit 3 out of bit 3 (AF);
     * bits 8..15 are exclusive-ored to the result for PF, bit 0 to its sign for SF.
     */
    public int carries;
    /** EFLAGS without the arithmetic flags and bit 1. */
    public int system;

    public final int[] selector = new int[8];
    public final int[] base = new int[8];
    public final int[] limit = new int[8];
    /** As in {@link org.lkpk.api.cpu.Segment#access}; 0 for a register loaded with a null selector. */
    public final int[] access = new int[8];
    /** First and last valid offset (unsigned) and the rights {@link #READ}, {@link #WRITE}, made from the above. */
    private final int[] low = new int[8], high = new int[8], rights = new int[8];
    /** The rights of a segment that reaches over all 4 GB, else 0. */
    public final int[] whole = new int[8];
    public int cpl;
    /** {@link #CODE32}, {@link #STACK32}, {@link #FLAT}, {@link #USER}: kept by {@link #segmentChanged}, {@link #privilege}, {@link #eflags}. */
    public int mode;

    public int cr0, cr2, cr3, cr4;
    /** PAE's page-directory pointers, as they were when CR3 was loaded. */
    public final long[] pdpte = new long[4];
    public final int[] dr = new int[8];
    /** Test registers: those there are keep what was written, and do nothing. */
    public final int[] tr = new int[8];
    public int gdtBase, gdtLimit, idtBase, idtLimit;
    public int sysenterCs, sysenterEsp, sysenterEip, efer;
    /** Added to the board's ticks by RDTSC. */
    public long ticksOffset;

    /** The exception delivered last, and those that came of its delivery: a triple fault's three. */
    public final int[] vectors = new int[3];
    /** From the delivery of an NMI to the next IRET. */
    public boolean nmiBlocked;
    public boolean halted;
    /** Triple fault: nothing but RESET helps. */
    public boolean shutdown;
    /** What the engine must look at before the next block; its fast path asks only whether this is 0. */
    public int attention;
    /** Bits for DR6 of a #DB that waits for the boundary; {@link #DEBUG} stands in {@link #attention} then. */
    public int debug;
    /** Whether the instruction that runs ends with a single-step trap: an interrupt that it raises takes that away. */
    public boolean stepping;
    /** Level of FERR#. */
    public boolean ferr;
    /** Level of INTR. */
    public boolean intr;

    /** Instructions executed; while a block runs, as if all of it had been, save for exact instructions. */
    public long count;
    /** The count at which the engine must stop; a repeated instruction looks at it. */
    public long countLimit;
    /** Number of the instruction that may fault, while a whole block runs as one operation. */
    public int progress;
    /** For machine code of the host: by what its links are found, EIP apart; and where that begins which was left by a miss. */
    public int place;
    public long placed;
    /** Whether {@link #count} is exact now: a device may be asked. */
    public boolean exact;
    /** Set by any thread to have the engine come back soon. */
    public volatile boolean interjected;

    public final Fpu fpu = new Fpu();
    public final Simd simd = new Simd();
    public final Fault fault = new Fault();
    public final Board board;
    public final Model model;
    /** {@link Model#flags}. */
    private final int flags;
    public final Tlb tlb;

    public CpuState(Board board, Model model) {
        this.board = board;
        this.model = model;
        flags = model.flags();
        tlb = new Tlb(this);
        reset();
    }

    /** The state after RESET (SDM vol. 3, table 9-1). */
    public void reset() {
        Arrays.fill(r, 0);
        r[EDX] = model.signature();
        Arrays.fill(selector, 0);
        Arrays.fill(base, 0);
        Arrays.fill(limit, 0xFFFF);
        Arrays.fill(access, 0x93);
        selector[CS] = 0xF000;
        base[CS] = 0xFFFF0000;
        access[LDTR] = 0x82;
        access[TR] = 0x8B;
        eip = 0xFFF0;
        system = 0;
        arithmetic(0);
        cpl = 0;
        cr0 = (CR0_CD | CR0_NW | CR0_ET) & model.cr0();
        cr2 = cr3 = cr4 = 0;
        Arrays.fill(pdpte, 0);
        Arrays.fill(dr, 0);
        Arrays.fill(tr, 0);
        dr[6] = 0xFFFF0FF0;
        dr[7] = model.dr7Ones();
        gdtBase = idtBase = 0;
        gdtLimit = idtLimit = 0xFFFF;
        sysenterCs = sysenterEsp = sysenterEip = efer = 0;
        ticksOffset = 0;
        nmiBlocked = halted = shutdown = stepping = ferr = false;
        debug = 0;
        attention &= USER_STOP | INTERRUPT | STOPPED;
        fpu.reset();
        simd.reset();
        for (int s = 0; s < 8; s++) segmentChanged(s);
        privilege(0);
        tlb.flush();
    }

    /** Whether a block of {@code instructions} that has come back to its start may go on: they are counted then. */
    public boolean again(int instructions) {
        if (attention != 0 || count + instructions > countLimit) return false;
        count += instructions;
        return true;
    }

    /** How many instructions may be done before the engine must stop, or look at what other threads want. */
    public int room() {
        return (int) Math.min(countLimit - count, SLICE);
    }

    /** {@link #interjected}, for translated code. */
    public boolean interjection() {
        return (boolean) INTERJECTED.getOpaque(this);
    }

    /** Whether translated code that counts as it goes may go back to do {@code instructions}: nothing has come up. */
    public boolean goesBack(int instructions) {
        return count + instructions <= countLimit && attention == 0 && !interjection();
    }

    /** Whether an instruction that might have changed anything has gone on to the next one, and there is room for more. */
    public boolean goesOn(int next, int before, int instructions) {
        if (eip != next || mode != before || count + instructions > countLimit || interjection()) return false;
        return calm(); // At last: a shadow must outlast an order to stop.
    }

    /**
     * Whether nothing has come up. The shadow of STI, where nothing else waits, is over then: with no interrupt pending now,
     * none can come before the next instruction is done. To be asked right before that is run.
     */
    public boolean calm() {
        if (attention == SHADOW) attention = 0;
        return attention == 0;
    }

    // Flags

    public boolean carry() {
        return carries < 0;
    }

    public boolean overflow() {
        return (carries ^ carries << 1) < 0;
    }

    public boolean zero() {
        return result == 0;
    }

    public boolean sign() {
        return (result ^ carries << 31) < 0;
    }

    public boolean parity() {
        return parity(result, carries);
    }

    /** PF of the two words of flags. */
    public static boolean parity(int result, int carries) {
        int b = (result ^ carries >> 8) & 0xFF;
        b ^= b >> 4;
        return (0x9669 >> (b & 15) & 1) != 0;
    }

    public boolean adjust() {
        return (carries & 8) != 0;
    }

    /** The whole of EFLAGS. */
    public int eflags() {
        return system | 2 | (carry() ? CF : 0) | (parity() ? PF : 0) | (adjust() ? AF : 0) | (zero() ? ZF : 0)
                | (sign() ? SF : 0) | (overflow() ? OF : 0);
    }

    /** Sets the whole of EFLAGS, unchecked; attends to what IF and TF now let through. */
    public void eflags(int value) {
        arithmetic(value);
        int before = system;
        system = value & flags;
        if (((before ^ system) & VM) != 0) for (int s = 0; s < 6; s++) segmentChanged(s);
        else if (((before ^ system) & AC) != 0) segmentChanged(CS);
        attend();
    }

    /** Sets OF, SF, ZF, AF, PF, CF as in {@code value}. */
    public void arithmetic(int value) {
        int c = (value & AF) != 0 ? 8 : 0;
        if ((value & CF) != 0) c |= 0x80000000;
        if ((value & OF) != 0 != ((value & CF) != 0)) c |= 0x40000000;
        if ((value & SF) != 0) c |= 1;
        result = (value & ZF) != 0 ? 0 : 1;
        if ((value & PF) != 0 != (result == 0)) c |= 0x100;
        carries = c;
    }

    /** Sets CF alone. */
    public void carry(boolean set) {
        if (carry() != set) carries ^= 0xC0000000;
    }

    /** Works out the bits of {@link #attention} that hang on INTR, IF, TF and RF; to be called whenever one of them changes. */
    public void attend() {
        int a = attention & ~(INTERRUPT | STEP | RESUME);
        if (intr && (system & IF) != 0) a |= INTERRUPT;
        if ((system & TF) != 0) a |= STEP;
        if ((system & RF) != 0 && (dr[7] & DR7_ENABLED) != 0) a |= RESUME;
        attention = a;
    }

    /** A #DB of these bits of DR6 is to come after the instruction. */
    public void trap(int bits) {
        debug |= bits;
        attention |= DEBUG;
    }

    /** Tells DR6 what the #DB at hand is about: these bits and what waits. B0 to B3 are its own; others stay until written. */
    public void debugged(int bits) {
        dr[6] = dr[6] & ~DR6_MET | bits | debug;
        debug = 0;
        attention &= ~DEBUG;
    }

    /** Whether misaligned accesses raise #AC. */
    public boolean checksAlignment() {
        return cpl == 3 && (system & AC) != 0 && (cr0 & CR0_AM) != 0;
    }

    // Registers

    /** AL CL DL BL AH CH DH BH. */
    public int r8(int n) {
        return r[n & 3] >>> ((n & 4) << 1) & 0xFF;
    }

    public void r8(int n, int value) {
        int shift = (n & 4) << 1;
        r[n & 3] = r[n & 3] & ~(0xFF << shift) | (value & 0xFF) << shift;
    }

    public void r16(int n, int value) {
        r[n] = r[n] & 0xFFFF0000 | value & 0xFFFF;
    }

    // Modes and segments

    public boolean protectedMode() {
        return (cr0 & CR0_PE) != 0;
    }

    public boolean virtual8086() {
        return (system & VM) != 0;
    }

    /** Protected mode and not virtual-8086: selectors select descriptors. */
    public boolean descriptors() {
        return (cr0 & CR0_PE) != 0 && (system & VM) == 0;
    }

    public int iopl() {
        return system >> 12 & 3;
    }

    /** Sets the privilege level, and with it which pages can be seen. */
    public void privilege(int level) {
        cpl = level;
        if (level == 3) mode |= USER;
        else mode &= ~USER;
        if ((system & AC) != 0) segmentChanged(CS);
        tlb.select(level == 3);
    }

    /** To be called after a segment register's selector, base, limit or access was changed. */
    public void segmentChanged(int s) {
        int a = access[s];
        boolean code = (a & 8) != 0, big = (a & 0x4000) != 0, present = (a & 0x90) == 0x90;
        if (!present) rights[s] = 0;
        else if (virtual8086() || !protectedMode()) rights[s] = READ | WRITE; // Code segments too, as real mode leaves them.
        else rights[s] = code ? (a & 2) != 0 ? READ : 0 : (a & 2) != 0 ? READ | WRITE : READ;
        if (!code && (a & 4) != 0) {
            low[s] = limit[s] + 1;
            high[s] = big ? -1 : 0xFFFF;
            if (limit[s] == -1) rights[s] = 0; // Nothing lies above.
        } else {
            low[s] = 0;
            high[s] = limit[s];
        }
        whole[s] = low[s] == 0 && high[s] == -1 ? rights[s] : 0;
        int m = mode & USER;
        if ((access[CS] & 0x4000) != 0) m |= CODE32;
        if ((access[SS] & 0x4000) != 0) m |= STACK32;
        if ((m & 3) == 3 && flat(ES) && flat(SS) && flat(DS) && base[CS] == 0 && limit[CS] == -1 && !checksAlignment()) m |= FLAT;
        mode = m;
    }

    private boolean flat(int s) {
        return base[s] == 0 && whole[s] == (READ | WRITE);
    }

    /**
     * Linear address of {@code size} bytes at {@code offset} of segment {@code s}; checks limit and rights
     * ({@link #READ}, {@link #WRITE}).
     */
    public int linear(int s, int offset, int size, int need) {
        boolean wraps = Integer.compareUnsigned(offset, -size) > 0; // No segment reaches across its end.
        return (whole[s] & need) == need && !wraps ? base[s] + offset : checked(s, offset, size, need);
    }

    private int checked(int s, int offset, int size, int need) {
        if (!reaches(s, offset, size, need)) throw fault(s == SS ? Fault.SS : Fault.GP, 0);
        return base[s] + offset;
    }

    /** Whether limit and rights of segment {@code s} allow all of {@code size} bytes at {@code offset}. */
    public boolean reaches(int s, int offset, int size, int need) {
        int last = offset + size - 1;
        return (rights[s] & need) == need && Integer.compareUnsigned(offset, low[s]) >= 0
                && Integer.compareUnsigned(last, high[s]) <= 0 && Integer.compareUnsigned(last, offset) >= 0;
    }

    // Stack, in the size of the stack segment

    public int stackMask() {
        return (mode & STACK32) != 0 ? -1 : 0xFFFF;
    }

    /** Sets SP or ESP, whichever the stack segment uses. */
    public void stackPointer(int value) {
        if ((mode & STACK32) != 0) r[ESP] = value;
        else r16(ESP, value);
    }

    public void push32(int value) {
        int sp = r[ESP] - 4 & stackMask();
        tlb.store32(linear(SS, sp, 4, WRITE), value);
        stackPointer(sp);
    }

    public void push16(int value) {
        int sp = r[ESP] - 2 & stackMask();
        tlb.store16(linear(SS, sp, 2, WRITE), value);
        stackPointer(sp);
    }

    /** Reads the word of {@code bytes} (2 or 4) at {@code depth} bytes above the top of the stack; pops nothing. */
    public int peek(int depth, int bytes) {
        int sp = r[ESP] + depth & stackMask();
        int a = linear(SS, sp, bytes, READ);
        return bytes == 4 ? tlb.load32(a) : tlb.load16(a);
    }

    /** Drops {@code bytes} from the stack. */
    public void drop(int bytes) {
        stackPointer(r[ESP] + bytes & stackMask());
    }

    // Faults

    /** The fault to throw: {@code throw s.fault(Fault.GP, 0)}. */
    public Fault fault(int vector, int error) {
        fault.vector = vector;
        fault.error = error;
        return fault;
    }

    public Fault fault(int vector) {
        return fault(vector, 0);
    }

    /** What ends a region before its instruction {@code number}, which the interpreter is to do. */
    public Fault miss(int number) {
        progress = number;
        fault.vector = Fault.MISS;
        return fault;
    }

    /** #GP(0) unless the privilege level is 0. */
    public void onlyRing0() {
        if (cpl != 0) throw fault(Fault.GP, 0);
    }
}
