package org.lkpk.api.cpu;

import java.util.Map;
import org.lkpk.api.bus.State;

/** A processor. It belongs to one board from {@link #plug} on; all methods are for the machine's thread. */
public interface Cpu {
    /** Takes the socket, leaving any it is in, in the state after RESET, as the model {@code profile}, to run by {@code engine}. */
    void plug(Board board, Profile profile, Engine engine);

    /** The same with the engine that is the default. */
    default void plug(Board board, Profile profile) {
        plug(board, profile, Engine.TRANSLATOR);
    }

    /** Lets go of the board, its watch on memory included. */
    void unplug();

    /** The RESET line. Instruction count, traps and wishes for boundaries stay. */
    void reset();

    /**
     * Executes until the instruction count reaches {@code limit} or there is another reason to stop. Takes
     * interrupts by itself. A REP iteration counts as one instruction, and so does a fault.
     */
    Stop run(long limit);

    /** Instructions executed since {@link #plug}; exact whenever the board is called from within an instruction. */
    long instructions();

    /** Level of the INTR pin. */
    void interrupt(boolean high);

    /** An edge on the NMI pin. */
    void nmi();

    /** Asks {@link #run} to stop also at every boundary at which the CPU is in user mode. */
    void stopInUserMode(boolean wanted);

    /** Makes a {@link #run} in progress stop at the next instruction boundary; the one method for any thread. */
    void interject();

    /** Privilege level 0..3 of the next instruction; 3 in virtual-8086 mode. */
    int privilege();

    /** Whether it waits in HLT, and {@code IF} lets an interrupt end that. */
    boolean idle();

    /** Register by its SDM name in lower case: eax, ax, al, eip, eflags, cs, cr0, dr7, gdtr.base, tr.limit, … */
    long register(String name);

    /** Sets a register by name; a selector alone loads nothing else, see {@link #segment}. */
    void register(String name, long value);

    /** Names that {@link #register} knows, in the order in which people want to read them. */
    java.util.List<String> registers();

    /** Loads a segment register (es cs ss ds fs gs ldtr tr) with its hidden part, as firmware leaves it. */
    void segment(String name, Segment segment);

    Segment segment(String name);

    /** EAX, EBX, ECX, EDX of CPUID for {@code leaf}; zeroes if the model has no CPUID. */
    int[] cpuid(int leaf);

    /** Physical address behind a linear one under the present paging, with no effect on the guest; -1 if none. */
    long physical(int linear);

    /** {@code handler} is called before an instruction at this linear address is executed; costs nothing elsewhere. */
    Trap trapAt(int linear, Runnable handler);

    /** {@code handler} is called after a data access to one of {@code size} bytes at {@code linear}. */
    Trap trapOn(int linear, int size, Access access, AccessHandler handler);

    /**
     * {@code handler} is called before about every {@code interval}th instruction, for a profile of what the guest spends
     * its instructions on: registers and memory may be read then. Only one at a time; costs nothing when there is none.
     */
    Trap sample(long interval, Runnable handler);

    /**
     * What the engine has counted since {@link #plug}, by name, in the order in which people want to read it: blocks decoded,
     * regions translated, time, code that is held, code that was dropped, TLB misses and flushes.
     */
    Map<String, Long> counters();

    /** The bundle version of the code that runs. */
    String version();

    State save();

    /** Takes over a state; TLBs and decoded code start empty. */
    void load(State state);

    /** A trap that is set. */
    interface Trap {
        void clear();
    }

    enum Access { WRITE, READ_OR_WRITE }

    /** What an access trap calls. */
    interface AccessHandler {
        void accessed(int linear, int size, boolean write);
    }
}
