package org.lkpk.cpu.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.fpu.Quick;
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

    /** What is to be made, and the region that does the same already, or null. */
    private record Order(Plan plan, Region before) { }

    private final Meanings meanings;
    private final View user, system;
    private final int[] registers;
    private final Quick fpu;
    private final BlockingQueue<Order> orders = new ArrayBlockingQueue<>(WAITING);
    private final ConcurrentLinkedQueue<Region> made = new ConcurrentLinkedQueue<>();
    private Thread thread;
    /** Written by whoever translates: regions, their instructions, and host time spent on them. */
    private volatile long regions, instructions, nanos;

    Translator(Profile profile, Tlb tlb, int[] registers, Quick fpu) {
        meanings = new Meanings(profile);
        user = tlb.view(true);
        system = tlb.view(false);
        this.registers = registers;
        this.fpu = fpu;
    }

    /** Has a region made; false if too many are waiting. */
    boolean ask(Plan plan) {
        return ask(new Order(plan, null));
    }

    /** Has a region made again, for the host's best compiler. */
    void again(Region r) {
        r.again = Long.MAX_VALUE;
        if (!ask(new Order(r.plan, r))) r.again = 2 * r.done;
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
    Region make(Plan plan) {
        return make(new Order(plan, null));
    }

    private Region make(Order order) {
        long began = System.nanoTime();
        Plan plan = order.plan;
        Region r = new RegionEmitter(meanings, plan, order.before != null).make((plan.mode & CpuState.USER) != 0 ? user : system, registers, fpu);
        nanos += System.nanoTime() - began;
        if (r == null) return null;
        r.before = order.before;
        if (r.before == null) r.again = HOT * r.insns.length;
        regions++;
        instructions += r.insns.length;
        return r;
    }

    long regions() {
        return regions;
    }

    long instructions() {
        return instructions;
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
                Region r = attempt(orders.take());
                if (r != null) made.add(r);
            }
        } catch (InterruptedException closed) {
            // The processor is gone.
        }
    }

    private Region attempt(Order order) {
        try {
            return make(order);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("a region at {} cannot be translated", Integer.toHexString(order.plan.head.index), e);
            return null;
        }
    }
}
