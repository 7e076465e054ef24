package org.lkpk.cpu.engine;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Tlb;
import org.lkpk.cpu.state.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes regions on a thread of its own, of low priority. What it reads of a plan does not change; the guest sees nothing
 * of when a region is done.
 */
final class Translator {
    private static final Logger LOG = LoggerFactory.getLogger(Translator.class);
    private static final int WAITING = 1024;

    /** After so many times its own length, code is worth the host's best compiler: measured, see docs/decisions.md. */
    private static final long HOT = Long.getLong("lkpk.translate.hot", 100_000);
    /** What an SSE instruction takes in warm code, in those of others. */
    private static final int LANES = 10;

    /** Runs after which HotSpot takes it that it has a profile, and spares the full one: see docs/decisions.md. */
    private static final int REHEARSALS = 3;

    /** So many misses are looked at; more than one in so many instructions is too much. */
    private static final long MANY = 4096, RARELY = 300;

    /** What is to be made, the regions that do the same already, and which blocks are entries; and what else if that is too long. */
    private record Order(Plan plan, List<Region> before, Tier tier, BitSet entries, List<Order> otherwise) {
        Order(Plan plan, List<Region> before, Tier tier, BitSet entries) {
            this(plan, before, tier, entries, List.of());
        }
    }

    private final Meanings meanings;
    private final Tlb tlb;
    private final int[] registers;
    private final Quick fpu;
    private final Simd simd;
    private final HostCode host;
    private final BlockingQueue<Order> orders = new ArrayBlockingQueue<>(WAITING);
    private final ConcurrentLinkedQueue<Region> made = new ConcurrentLinkedQueue<>();
    private Thread thread;
    /** Written by whoever translates: regions, their instructions, and host time spent on them. */
    private volatile long regions, instructions, nanos;
    private long misses;

    /** @param host where machine code can lie, or null */
    Translator(Profile profile, Tlb tlb, int[] registers, Quick fpu, Simd simd, HostCode host) {
        this.host = host;
        meanings = new Meanings(profile);
        this.tlb = tlb;
        this.registers = registers;
        this.fpu = fpu;
        this.simd = simd;
    }

    /** Has a region made; false if too many are waiting. */
    boolean ask(Plan plan) {
        return ask(new Order(plan, List.of(), first(), plan.all()));
    }

    /** Has a hot region made again, for the host's best compiler, and one with some of its {@code page}. */
    void again(Region r, Collection<Region> page) {
        Union all = new Union(r, page);
        List<Order> alone = all.parts.stream().filter(p -> all.parts.size() > 1 && p.tier == Tier.WARM)
                .map(p -> new Order(p.plan, List.of(p), Tier.HOT, p.plan.entries(p.entered, p.done))).toList();
        for (Region part : all.parts) part.again = Long.MAX_VALUE;
        if (!ask(new Order(all.plan, all.parts, Tier.HOT, all.entries, alone))) for (Region part : all.parts) part.retry();
    }

    /** A region was left for want of an entry in memory's tables: what that happens to all the time is made again, too. */
    void missed(Region r) {
        misses++;
        if (r.tier == Tier.HOT && ++r.misses % MANY == 0 && r.done / MANY < RARELY * (r.misses / MANY))
            ask(new Order(r.plan, List.of(r), Tier.MISSING, r.entries()));
    }

    /** Has a region made again that can be entered at more blocks. */
    void admit(Region r, BitSet entries) {
        ask(new Order(r.plan, List.of(r), r.tier, entries));
    }

    private boolean ask(Order order) {
        if (thread == null) {
            thread = new Thread(this::work, "lkpk translator");
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }
        return orders.offer(order);
    }

    /** A region that has been made since, or null. */
    Region poll() {
        return made.poll();
    }

    /** Makes a region at once; null if that is not possible. */
    Region make(Plan plan, Tier tier) {
        BitSet entries = tier == Tier.WARM || tier == Tier.HOST ? plan.all() : plan.entries(new int[plan.nodes.length], 0);
        return make(new Order(plan, List.of(), tier, entries));
    }

    /** As {@link #admit}, at once. */
    Region make(Region r, BitSet entries) {
        return make(new Order(r.plan, List.of(r), r.tier, entries));
    }

    private Region make(Order order) {
        long began = System.nanoTime();
        Plan plan = order.plan;
        boolean user = (plan.mode & CpuState.USER) != 0;
        View view = tlb.view(user);
        Region r = order.tier == Tier.HOST && host != null ? new HostEmitter(meanings, plan).make(host, view, fpu) : classOf(order, view, user);
        nanos += System.nanoTime() - began;
        if (r == null) {
            if (order.before.size() == 1) order.before.get(0).full = true;
            return null;
        }
        r.before = order.before;
        if (r.tier == Tier.WARM) r.again = HOT * r.insns.length / (plan.lanes() ? LANES : 1);
        regions++;
        instructions += r.insns.length;
        return r;
    }

    private Region classOf(Order order, View view, boolean user) {
        Tier tier = order.tier == Tier.HOST ? Tier.WARM : order.tier;
        Record memory = tier == Tier.HOT ? tlb.direct(user) : view;
        return new RegionEmitter(meanings, order.plan, memory, tier, order.entries).make(view, registers, fpu, simd);
    }

    /** What a plan becomes first. */
    private Tier first() {
        return host != null ? Tier.HOST : Tier.WARM;
    }

    long regions() {
        return regions;
    }

    long instructions() {
        return instructions;
    }

    long misses() {
        return misses;
    }

    long nanos() {
        return nanos;
    }

    /** Ends the thread, if there is one; the last region may still be made. */
    void close() {
        if (thread != null) thread.interrupt();
    }

    private void work() {
        try {
            while (!Thread.interrupted()) {
                Order order = orders.take();
                Region r = attempt(order);
                if (r != null) made.add(r);
                else for (Order other : order.otherwise) {
                    for (Region b : other.before) b.apart = true;
                    Region part = attempt(other);
                    if (part != null) made.add(part);
                }
            }
        } catch (InterruptedException closed) {
            // The processor is gone.
        }
    }

    private Region attempt(Order order) {
        try {
            Region r = make(order);
            if (r != null && r.tier == Tier.WARM) for (int n = 0; n < REHEARSALS; n++) r.run(null, Region.REHEARSAL);
            return r;
        } catch (RuntimeException | LinkageError e) {
            LOG.error("a region at {} cannot be translated", Integer.toHexString(order.plan.head.index), e);
            return null;
        }
    }
}
