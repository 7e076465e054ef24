package org.lkpk.cpu.engine;

import static org.lkpk.cpu.state.CpuState.CS;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.Tlb;
import org.lkpk.cpu.table.OpTable;

/**
 * Runs guest code: finds or decodes the block at CS:EIP, does its operations one after the other, and looks at what has
 * come up between two blocks only. An instruction that must be alone (single step, the last one before a limit, one that
 * asks a device for the time) runs as a block of its own that is not kept.
 */
public final class Interpreter implements Memory.Watch, Tlb.Guard {
    /** Runs after which a block is worth a class of its own: see docs/decisions.md. */
    private static final int HOT = 50_000;
    /** Runs after which a block in flat segments becomes the head of a region. */
    private static final int REGION = Integer.getInteger("lkpk.translate.after", 10_000);
    /** And one of machine code. */
    private static final int HOST = Integer.getInteger("lkpk.translate.host", 64);
    static final int NEVER = Integer.MAX_VALUE;
    /** Regions that are held: a class takes more than its code. */
    private static final int MACHINE_CODES = 1 << 15, CLASSES = 1 << 12;
    /** Bytes of the widest access. */
    private static final int WIDEST = 8;

    private final CpuState s;
    private final HostCode host;
    private final int threshold;
    private final Tier atOnce;
    private final boolean ahead;
    private final Memory memory;
    private final Forge forge;
    private final CodeCache cache;
    private final Translator translator;
    private final Traps traps;
    private final Breakpoints breakpoints;
    private final BlockReader reader;
    private final Blocks blocks;
    private final Boundary boundary;
    /** The block that runs, for writes into its own code. */
    private Block running = new Block(0, 0);
    /** Whether its region runs in its place. */
    private boolean translated;
    /** Who is called at which count, and how many instructions come between two calls; {@link Long#MAX_VALUE}: nobody. */
    private Runnable sampler;
    private long sampleAt = Long.MAX_VALUE, sampleEvery;
    /** Blocks that got a class of their own. */
    private long warmed;
    /** Times that a region wanted more entries. */
    private long admitted;

    public Interpreter(CpuState s, OpTable table, Engine engine) {
        this(s, table, engine == Engine.TRANSLATOR_ALL ? Tier.HOST : null, engine, engine == Engine.INTERPRETER ? null : HostCode.open());
    }

    private Interpreter(CpuState s, OpTable table, Tier atOnce, Engine engine, HostCode host) {
        this(s, table, engine == Engine.INTERPRETER ? NEVER : host != null ? HOST : REGION, atOnce, atOnce != null, host);
    }

    /**
     * @param threshold runs after which a block is translated
     * @param atOnce for which tier that is done before it goes on; null: by another thread
     */
    Interpreter(CpuState s, OpTable table, int threshold, Tier atOnce) {
        this(s, table, threshold, atOnce, false, threshold != NEVER && atOnce == Tier.HOST ? HostCode.open() : null);
    }

    /**
     * @param ahead whether a block is translated before it runs for the first time
     * @param host where machine code can lie, or null
     */
    Interpreter(CpuState s, OpTable table, int threshold, Tier atOnce, boolean ahead, HostCode host) {
        this.ahead = ahead;
        this.s = s;
        this.host = host;
        this.threshold = threshold;
        this.atOnce = atOnce;
        memory = s.board.memory();
        forge = new Forge(s.model.profile());
        translator = new Translator(s.model.profile(), s.tlb, s.r, s.fpu.quick, s.simd, host);
        cache = new CodeCache(memory.bytes().length, host != null ? MACHINE_CODES : CLASSES);
        traps = new Traps(this::remapped);
        breakpoints = new Breakpoints(s);
        reader = new BlockReader(s, table, forge, traps, breakpoints);
        blocks = new Blocks(s, cache, reader, breakpoints);
        boundary = new Boundary(s, reader, forge, breakpoints);
        s.tlb.guard = this;
        memory.watch(this);
    }

    /** Leaves the memory it watches. Whoever still holds a trap may close that later. */
    public void close() {
        memory.unwatch(this);
        translator.close();
        blocks.clear();
        if (host != null) host.close();
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
        c.put("blocks decoded", reader.decoded());
        c.put("blocks held", (long) cache.size());
        c.put("blocks warmed", warmed);
        c.put("regions translated", translator.regions());
        c.put("regions held", (long) cache.regions());
        c.put("regions dropped", cache.dropped());
        c.put("regions entered anew", admitted);
        c.put("region instructions", translator.instructions());
        c.put("region misses", translator.misses());
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
        blocks.renew();
        for (;;) {
            if (s.count >= sampleAt) sampled();
            Stop stop = run(limit, Math.min(limit, sampleAt));
            if (stop != null) return stop;
        }
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
            Stop stop = s.attention != 0 ? boundary.attend() : null;
            if (stop != null) return stop;
            int waiting = s.nmiBlocked ? CpuState.USER_STOP | CpuState.NMI : CpuState.USER_STOP;
            if (!s.shutdown && s.count < pause && (s.attention & ~waiting) == 0) runBlocks(pause);
        }
    }

    /** Runs blocks until there is something to look at. */
    private void runBlocks(long limit) {
        Block b = null;
        Op[] ops = null;
        Region r = null;
        int start = 0, k = 0;
        try {
            do {
                ops = null; // A fault from here on is the fetch's.
                b = blocks.next(b);
                running = b;
                r = b.region;
                if (ahead && !b.met) r = first(b);
                if (r != null && s.count + r.most <= limit && (!r.numeric || s.fpu.masked())) {
                    translated = true;
                    start = s.eip - (b.index & 0xFFF);
                    s.eip = start;
                    s.place = (int) b.key;
                    r.met(b);
                    r.done -= s.count;
                    boolean well = r.run(s, b.entry);
                    if (!well && s.fault.vector != Fault.MISS) throw s.fault;
                    translated = false;
                    if ((r.done += s.count) > r.again) translator.again(r, cache.beside(r));
                    for (b = null; !well; b = null) {
                        r = r.left(s);
                        int insn = s.progress, page = s.eip;
                        Plan.Node node = r.node(insn);
                        translator.missed(r);
                        running = b = node.block;
                        start = page + node.offset;
                        s.eip = start;
                        ops = b.ops;
                        for (k = 0; ops[k].number < insn - node.first; ) k++;
                        ops[k].run(s);
                        if (ops[k].weight == 1 && s.attention == 0 && r.resumes(insn)) { // Forward, so that there is room for it.
                            s.eip = page;
                            well = r.resume(s, insn);
                            continue;
                        }
                        for (k++; k < ops.length; k++) ops[k].run(s);
                        if (!b.ends) s.eip = start + b.length;
                        break;
                    }
                    continue;
                }
                if ((b.mode & CpuState.FLAT) == 0 && beyond(b)) {
                    boundary.alone(false);
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
            } while (!s.interjected && s.count < limit && s.calm());
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
            boundary.take(f);
        }
    }

    /** A block has run often: it becomes the head of a region, or, in other segments than flat ones, one operation. */
    private void hot(Block b) {
        if (Plan.translatable(b)) {
            if (b.holder != null) admit(b);
            else if (!b.asked) region(b);
        } else if (b.runs == HOT) warm(b);
    }

    /** A block has run often though a region holds it: that is made again with an entry there, and at those that may follow. */
    private void admit(Block b) {
        Region r = b.holder;
        if (b.region != null || r.full) return;
        BitSet entries = r.entries();
        for (Plan.Node node : r.plan.nodes) {
            if (node.block.runs >= threshold / 8) entries.set(node.number);
            node.block.runs = 0;
        }
        admitted++;
        if (atOnce == null) translator.admit(r, entries);
        else {
            Region again = translator.make(r, entries);
            if (again != null) cache.add(again);
        }
    }

    /** A block is to run for the first time, and not by the interpreter where that can be helped. */
    private Region first(Block b) {
        b.met = true;
        if (b.asked || b.count == 0) return b.region;
        if (Plan.translatable(b)) region(b);
        else warm(b);
        return b.region;
    }

    private void region(Block b) {
        Plan plan = Plan.of(b, cache, Plan.MOST);
        if (atOnce == null) {
            if (!translator.ask(plan)) plan.forget();
            return;
        }
        Region r = translator.make(plan, atOnce);
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
            if (s.count > before) s.eip = start + b.insns[b.ops[k].number].offset;
            else boundary.alone(false);
        } catch (Fault f) {
            s.count -= b.ops[k].weight;
            s.eip = start + b.insns[b.ops[k].number].offset;
            boundary.take(f);
        }
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
        blocks.clear();
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
