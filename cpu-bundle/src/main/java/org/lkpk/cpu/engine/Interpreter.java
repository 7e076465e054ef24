package org.lkpk.cpu.engine;

import static org.lkpk.cpu.state.CpuState.CS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.protect.Interrupts;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.Tlb;
import org.lkpk.cpu.table.Decoder;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.OpTable;

/**
 * Runs guest code: finds or decodes the block at CS:EIP, does its operations one after the other, and looks at what has
 * come up between two blocks only. An instruction that must be alone (single step, the last one before a limit, one that
 * asks a device for the time) runs as a block of its own that is not kept.
 */
public final class Interpreter implements Memory.Watch, Tlb.Guard {
    private static final int LONGEST_BLOCK = 48, JUMPS = 1 << 15;
    /** Runs after which a block is worth a class of its own: see docs/decisions.md. */
    private static final int HOT = 50_000;
    /** Runs after which a block in flat segments becomes the head of a region. */
    private static final int REGION = Integer.getInteger("lkpk.translate.after", 10_000);
    /** Whether all that can be translated is, before it runs a second time: for the judges of the translator. */
    private static final boolean ALL = "all".equals(System.getProperty("lkpk.translate"));
    /** What ends a block and mostly goes elsewhere than the last time. */
    private static final Set<String> INDIRECT = Set.of("ret", "ret_i", "iret", "jmp_e", "call_e");
    static final int NEVER = Integer.MAX_VALUE;
    /** Bytes of the widest access. */
    private static final int WIDEST = 8;
    /** A block's key has 28 bits of a generation: all blocks go when half of those are used up. */
    private static final int GENERATION_BITS = 27;

    private final CpuState s;
    private final int threshold;
    private final boolean atOnce;
    private final Memory memory;
    private final Decoder decoder;
    private final Fetch fetch;
    private final Forge forge;
    private final CodeCache cache;
    private final Translator translator;
    /** Blocks by linear address, for jumps to other pages; each entry is checked against its block. */
    private final Block[] jumps = new Block[JUMPS];
    private final Traps traps;
    private final Breakpoints breakpoints;
    /** The block that runs, for writes into its own code. */
    private Block running = new Block(0, 0);
    /** Whether its region runs in its place. */
    private boolean translated;
    /** Who is called at which count, and how many instructions come between two calls; {@link Long#MAX_VALUE}: nobody. */
    private Runnable sampler;
    private long sampleAt = Long.MAX_VALUE, sampleEvery;
    /** Blocks decoded and blocks that got a class of their own. */
    private long decoded, warmed;

    public Interpreter(CpuState s, OpTable table, Engine engine) {
        this(s, table, engine == Engine.INTERPRETER ? NEVER : ALL ? 1 : REGION, ALL);
    }

    /**
     * @param threshold runs after which a block is translated
     * @param atOnce whether that is done before it goes on, and not by another thread
     */
    Interpreter(CpuState s, OpTable table, int threshold, boolean atOnce) {
        this.s = s;
        this.threshold = threshold;
        this.atOnce = atOnce;
        memory = s.board.memory();
        decoder = new Decoder(table, s.model.profile());
        forge = new Forge(s.model.profile());
        fetch = new Fetch(s);
        translator = new Translator(s.model.profile(), s.tlb, s.r, s.fpu.quick);
        cache = new CodeCache(memory.bytes().length);
        traps = new Traps(this::remapped);
        breakpoints = new Breakpoints(s);
        s.tlb.guard = this;
        memory.watch(this);
    }

    /** Leaves the memory it watches. */
    public void close() {
        memory.unwatch(this);
        translator.close();
    }

    public Traps traps() {
        return traps;
    }

    /** See {@link Cpu#sample}. */
    public Cpu.Trap sample(long interval, Runnable handler) {
        if (sampler != null) throw new IllegalStateException("the processor is being sampled already");
        sampler = handler;
        sampleEvery = Math.max(1, interval);
        sampleAt = s.count + sampleEvery;
        return () -> {
            if (sampler != handler) return;
            sampler = null;
            sampleAt = Long.MAX_VALUE;
        };
    }

    /** See {@link Cpu#counters}. */
    public Map<String, Long> counters() {
        Map<String, Long> c = new LinkedHashMap<>();
        c.put("blocks decoded", decoded);
        c.put("blocks held", (long) cache.size());
        c.put("blocks warmed", warmed);
        c.put("regions translated", translator.regions());
        c.put("regions held", (long) cache.regions());
        c.put("regions dropped", cache.dropped());
        c.put("region instructions", translator.instructions());
        c.put("region bytes", cache.bytes());
        c.put("translation ms", translator.nanos() / 1_000_000);
        s.tlb.counters(c);
        return c;
    }

    /** Makes {@link #run} come back soon; any thread. */
    public void interject() {
        s.interjected = true;
    }

    /** See {@link org.lkpk.api.cpu.Cpu#run}. */
    public Stop run(long limit) {
        for (Region r = translator.poll(); r != null; r = translator.poll()) cache.add(r);
        if ((s.tlb.userGeneration | s.tlb.systemGeneration) >>> GENERATION_BITS != 0) countGenerationsAnew();
        for (;;) {
            if (s.count >= sampleAt) sampled();
            Stop stop = run(limit, Math.min(limit, sampleAt));
            if (stop != null) return stop;
        }
    }

    private void countGenerationsAnew() {
        remapped();
        s.tlb.userGeneration = s.tlb.systemGeneration = 0;
    }

    private void sampled() {
        while (sampleAt <= s.count) sampleAt += sampleEvery;
        sampler.run();
    }

    /** Runs up to {@code pause} at most; null if that is not the {@code limit} and nothing else has come up. */
    private Stop run(long limit, long pause) {
        s.countLimit = pause;
        for (;;) {
            if (s.interjected) {
                s.interjected = false;
                return Stop.INTERJECTED;
            }
            if (s.shutdown) return Stop.SHUTDOWN;
            if (s.count >= pause) return pause == limit ? Stop.LIMIT : null;
            Stop stop = s.attention != 0 ? attend() : null;
            if (stop != null) return stop;
            int waiting = s.nmiBlocked ? CpuState.USER_STOP | CpuState.NMI : CpuState.USER_STOP;
            if (!s.shutdown && (s.attention & ~waiting) == 0) blocks(pause);
        }
    }

    /** Runs blocks until there is something to look at. */
    private void blocks(long limit) {
        Block b = null;
        Op[] ops = null;
        Region r = null;
        int start = 0, k = 0;
        try {
            do {
                ops = null; // A fault from here on is the fetch's.
                b = next(b);
                running = b;
                r = b.region;
                if (r != null && s.count + r.most <= limit && (!r.numeric || s.fpu.masked())) {
                    translated = true;
                    start = s.eip - (b.index & 0xFFF);
                    s.eip = start;
                    r.done -= s.count;
                    r.run(s, b.entry);
                    translated = false;
                    b = null;
                    if ((r.done += s.count) > r.again) translator.again(r);
                    continue;
                }
                if ((b.mode & CpuState.FLAT) == 0 && beyond(b)) {
                    alone(false);
                    return;
                }
                if (s.count + b.count > limit || b.index < 0) {
                    partly(b, limit - s.count);
                    return;
                }
                s.count += b.count;
                start = s.eip;
                k = 0;
                ops = b.ops;
                Op whole = b.whole;
                if (whole != null) whole.run(s);
                else {
                    for (int n = ops.length; k < n; k++) ops[k].run(s);
                    if (++b.runs >= threshold) hot(b);
                }
                if (!b.ends) s.eip = start + b.length;
            } while (s.attention == 0 && !s.interjected && s.count < limit);
        } catch (Fault f) {
            if (translated) {
                int done = s.progress;
                r.done += s.count;
                s.count -= r.undone[done];
                s.eip = start + r.insns[done].offset;
                translated = false;
            } else if (ops != null) {
                int done = b.whole != null ? s.progress : ops[k].number;
                s.count -= b.count - done;
                s.eip = start + b.insns[done].offset;
            }
            take(f);
        }
    }

    /** A block has run often: it becomes the head of a region, or, in other segments than flat ones, one operation. */
    private void hot(Block b) {
        if (Plan.translatable(b)) {
            if (!b.asked) region(b);
        } else if (b.runs == HOT) warm(b);
    }

    private void region(Block b) {
        Plan plan = Plan.of(b, cache, Plan.MOST);
        if (!atOnce) {
            if (!translator.ask(plan)) plan.forget();
            return;
        }
        Region r = translator.make(plan);
        if (r != null) cache.add(r);
    }

    /** Whether it reaches beyond the limit of CS: it may have been decoded for a larger segment. */
    private boolean beyond(Block b) {
        return Integer.compareUnsigned(s.eip + b.length - 1, s.limit[CS]) > 0;
    }

    private void warm(Block b) {
        if (b.ops[0].weight == 0) return; // A trap stands there.
        b.whole = forge.make(b.insns, b.mode);
        cache.warmed();
        warmed++;
    }

    /** Does those of a block's operations that fit into {@code allowed} instructions, but at least one instruction. */
    private void partly(Block b, long allowed) {
        int start = s.eip, k = 0;
        long before = s.count;
        try {
            for (; k < b.ops.length && b.ops[k].number + b.ops[k].weight <= allowed; k++) {
                s.count += b.ops[k].weight;
                b.ops[k].run(s);
            }
            if (s.count > before) s.eip = start + b.ops[k].offset;
            else alone(false);
        } catch (Fault f) {
            s.count -= b.ops[k].weight;
            s.eip = start + b.ops[k].offset;
            take(f);
        }
    }

    /**
     * Delivers a fault whose instruction EIP stands at, or makes that instruction again with the exact count. The fault
     * counts in its place: a handler that faults at its first instruction must not make time stand still.
     */
    private void take(Fault f) {
        if (f.vector == Fault.REPLAY) {
            alone(false);
            return;
        }
        deliver(f.vector, f.error);
        s.count++;
    }

    /** Delivers a fault or trap; the count is exact then, whatever the delivery touches. */
    private void deliver(int vector, int error) {
        s.exact = true;
        Interrupts.fault(s, vector, error);
        s.exact = false;
    }

    private void interrupt(int vector) {
        s.exact = true;
        Interrupts.hardware(s, vector);
        s.exact = false;
    }

    /**
     * Runs the one instruction at CS:EIP with an exact count and all checks of segments; returns whether it was completed.
     *
     * @param held whether breakpoints on it are held off
     */
    private boolean alone(boolean held) {
        int start = s.eip, counted = 0, debug = s.debug;
        long limit = s.countLimit;
        s.exact = true;
        try {
            if (!held) breakpoints.execute(s.base[CS] + start);
            resumed();
            fetch.within(start);
            fetch.at(start, s.tlb.fetch(s.base[CS] + start));
            Insn i = decoder.decode(fetch, (s.mode & CpuState.CODE32) != 0 ? 32 : 16);
            Op op = forge.make(i, s.mode & ~CpuState.FLAT);
            s.count += counted = 1;
            s.countLimit = s.count; // A repeated instruction does one iteration.
            op.run(s);
            if (!i.form.ends()) s.eip = start + i.length;
            return true;
        } catch (Fault f) {
            s.count -= counted;
            s.eip = start;
            s.debug &= debug; // Traps of an instruction that faults are not taken.
            if (s.debug == 0) s.attention &= ~CpuState.DEBUG;
            if (f.vector != Fault.WAIT) Interrupts.fault(s, f.vector, f.error);
            else {
                s.halted = true;
                s.attention |= CpuState.STOPPED;
            }
            s.count++;
            return false;
        } finally {
            s.exact = false;
            s.countLimit = limit;
        }
    }

    // What comes up between two blocks

    /** Looks at {@link CpuState#attention}; returns why to stop, or null to go on. */
    private Stop attend() {
        int a = s.attention;
        boolean held = (a & CpuState.HELD) != 0;
        if ((a & CpuState.DEBUG) != 0 && !held) {
            trap();
            return null;
        }
        if ((a & CpuState.SHADOW) != 0) {
            s.attention = a & ~CpuState.STACK_SHADOW;
            step(held);
            return null;
        }
        if ((a & CpuState.NMI) != 0 && !s.nmiBlocked) {
            s.attention = a & ~CpuState.NMI;
            interrupt(Fault.NMI);
            return null;
        }
        if ((a & CpuState.INTERRUPT) != 0) {
            interrupt(s.board.acknowledge());
            return null;
        }
        if (s.halted) return (s.system & CpuState.IF) != 0 ? Stop.HALT : Stop.DEAD;
        s.attention &= ~CpuState.STOPPED;
        if ((a & CpuState.USER_STOP) != 0 && s.cpl == 3) return Stop.USER;
        if ((a & (CpuState.STEP | CpuState.RESUME)) != 0) step(false);
        return null;
    }

    /** One instruction, and the single-step trap after it if TF was set before it. */
    private void step(boolean held) {
        s.stepping = (s.system & CpuState.TF) != 0;
        boolean done = alone(held);
        // Of several loads of SS in a row the first alone throws a shadow.
        if (held && (s.attention & CpuState.HELD) != 0) s.attention &= ~CpuState.STACK_SHADOW;
        // Such a load suppresses its own single-step trap; a breakpoint that it met is only held.
        if (done && s.stepping && (s.attention & CpuState.HELD) == 0) s.trap(CpuState.DR6_BS);
        s.stepping = false;
        if ((s.attention & (CpuState.DEBUG | CpuState.HELD)) == CpuState.DEBUG) trap();
    }

    /** RF passes over the breakpoints of one instruction. */
    private void resumed() {
        if ((s.system & CpuState.RF) == 0) return;
        s.system &= ~CpuState.RF;
        s.attend();
    }

    /** Delivers the #DB that waits; DR6 tells of breakpoints on the next instruction too. */
    private void trap() {
        s.debugged(breakpoints.met(s.base[CS] + s.eip));
        deliver(Fault.DB, 0);
    }

    // Finding code

    /** The block at CS:EIP; {@code b} is the one before it, or null. */
    private Block next(Block b) {
        int linear = s.eip + s.base[CS];
        long key = key(linear);
        if (b != null && !b.indirect) {
            Block n = b.near;
            if (n != null && n.key == key) return n;
            n = b.nearer;
            if (n != null && n.key == key) return n;
            n = beside(b, linear, key);
            if (n != null) return n;
            b.nearer = b.near;
            return b.near = jumped(linear, key);
        }
        return jumped(linear, key);
    }

    /** A block that came after {@code b}, and comes again in the same physical page by whatever linear address; or null. */
    private static Block beside(Block b, int linear, long key) {
        if ((int) b.key != (int) key || (linear ^ (int) (b.key >>> 32)) >>> 12 != 0) return null;
        int index = b.index & ~0xFFF | linear & 0xFFF;
        Block n = b.near;
        if (n == null || n.index != index) n = b.nearer;
        if (n == null || n.index != index || n.mode != b.mode || !n.live || n.secondPage >= 0) return null;
        n.key = key;
        return n;
    }

    private Block jumped(int linear, long key) {
        Block n = jumps[slot(linear)];
        return n != null && n.key == key ? n : find(linear);
    }

    /** What a block must have been found by to be the one at {@code linear} now. */
    private long key(int linear) {
        int mode = s.mode, generation = (mode & CpuState.USER) != 0 ? s.tlb.userGeneration : s.tlb.systemGeneration;
        return (long) linear << 32 | (generation << 4 | mode) & 0xFFFFFFFFL;
    }

    private static int slot(int linear) {
        return linear * 0x9E3779B1 >>> 17;
    }

    private Block find(int linear) {
        breakpoints.execute(linear); // Comes before a fault of the fetch.
        fetch.within(s.eip);
        int index = s.tlb.fetch(linear), slot = slot(linear);
        if (index < 0) return new Block(-1, s.mode);
        Block n = jumps[slot];
        if (n == null || n.index != index || n.mode != s.mode || !n.live) n = cache.find(index, s.mode);
        if (n == null || n.secondPage >= 0 && s.tlb.fetch((linear | 0xFFF) + 1) != n.secondPage) n = decode(index, linear);
        jumps[slot] = n;
        if (n.secondPage < 0) n.key = key(linear); // The fetch may have raised the generation.
        return n;
    }

    private Block decode(int index, int linear) {
        decoded++;
        Block b = new Block(index, s.mode);
        int bits = (s.mode & CpuState.CODE32) != 0 ? 32 : 16, pageEnd = (index | 0xFFF) + 1;
        List<Insn> insns = new ArrayList<>();
        fetch.at(s.eip, index);
        while (insns.size() < LONGEST_BLOCK && index + b.length < pageEnd) {
            if (!insns.isEmpty() && (traps.at(linear + b.length) || breakpoints.at(linear + b.length))) break;
            Insn i = another(bits, insns.isEmpty());
            if (i == null) break;
            i.offset = b.length;
            b.length += i.length;
            insns.add(i);
            if (i.form.ends()) {
                b.ends = true;
                b.indirect = INDIRECT.contains(i.form.name());
                break;
            }
        }
        b.secondPage = fetch.secondPage;
        b.count = insns.size();
        b.insns = insns.toArray(new Insn[0]);
        b.ops = operations(insns, linear);
        if (!memory.marked(index & ~0xFFF)) s.tlb.protect(index & ~0xFFF);
        memory.mark(index, Math.min(b.length, pageEnd - index));
        if (b.secondPage >= 0) {
            if (!memory.marked(b.secondPage)) s.tlb.protect(b.secondPage);
            memory.mark(b.secondPage, index + b.length - pageEnd);
        }
        cache.add(b);
        return b;
    }

    /** The next instruction; null if it is not the first and reaches into another page or faults on its way. */
    private Insn another(int bits, boolean first) {
        if (first) return decoder.decode(fetch, bits);
        fetch.stay = true;
        try {
            return decoder.decode(fetch, bits);
        } catch (Fault f) {
            return null;
        } finally {
            fetch.stay = false;
        }
    }

    private Op[] operations(List<Insn> insns, int linear) {
        List<Op> ops = new ArrayList<>();
        for (int n = 0; n < insns.size(); n++) {
            Insn i = insns.get(n), after = n + 1 < insns.size() ? insns.get(n + 1) : null;
            boolean two = after != null && forge.fuses(i, after, s.mode);
            Op op = two ? forge.make(i, after, s.mode) : forge.make(i, s.mode);
            op.number = (byte) n;
            if (two) n++;
            ops.add(op);
        }
        Op trap = traps.before(linear);
        if (trap != null) ops.add(0, trap);
        Op check = breakpoints.before(linear);
        if (check != null) ops.add(0, check);
        return ops.toArray(Block.NONE);
    }

    // Told by memory and TLB

    @Override
    public void written(int index, int length) {
        cache.written(index, length);
    }

    @Override
    public void remapped() {
        breakpoints.changed();
        s.tlb.flush();
        cache.clear();
        Arrays.fill(jumps, null);
    }

    /** The running block must not go on with instructions that it has just written over: they are decoded again. */
    @Override
    public void codeWrite(int index, int size) {
        int from = index & -Memory.GRANULE, end = index + size + Memory.GRANULE - 1 & -Memory.GRANULE;
        boolean own = translated ? touches(running.region, from, end - from) : running.touches(from, end - from) || running.secondPage >= 0;
        if (!s.exact && own) throw s.fault(Fault.REPLAY);
    }

    /** One that has been dropped meanwhile counts as touched. */
    private static boolean touches(Region r, int from, int length) {
        return r == null || r.touches(from, length);
    }

    @Override
    public boolean trapped(int page) {
        return traps.watches(page) || breakpoints.watches(page);
    }

    @Override
    public void breakpoints() {
        if (breakpoints.changed()) remapped();
    }

    /** A trap follows its instruction at once: that one is made again alone. */
    @Override
    public void accessing(int linear, boolean write) {
        if (!s.exact && breakpoints.met(linear, WIDEST, write) != 0) throw s.fault(Fault.REPLAY);
    }

    @Override
    public void accessed(int linear, int size, boolean write) {
        traps.accessed(linear, size, write);
        int met = breakpoints.met(linear, size, write);
        if (met != 0) s.trap(met);
    }
}
