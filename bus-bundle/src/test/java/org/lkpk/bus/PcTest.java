package org.lkpk.bus;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.After;
import org.junit.Test;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Ending;
import org.lkpk.api.machine.Firmware;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machine.Status;
import org.lkpk.api.machine.Machine.When;
import org.lkpk.api.machine.Specification;

public class PcTest {
    private static final Duration SECOND = Duration.ofSeconds(5);
    private static final Boot BOOT = new Boot("test", new byte[0], new byte[0], "");
    private static final FakeCpu.Program SPIN = (cpu, number) -> { };
    private static final FakeCpu.Program SLEEP = (cpu, number) -> cpu.halted = true;

    private final List<Pc> made = new ArrayList<>();
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final Specification small = Specification.named("test").withMemory(16 << 20);

    @After
    public void dispose() {
        for (Pc pc : made) pc.dispose();
    }

    private Pc machine(Specification specification, FakeCpu cpu, Firmware firmware) {
        Pc pc = new Pc(specification, () -> firmware);
        made.add(pc);
        pc.listen(new Machine.Listener() {
            @Override
            public void booted() {
                events.add("booted");
            }

            @Override
            public void ending(String cause) {
                events.add("ending: " + cause);
            }

            @Override
            public void told(String line) {
                events.add(line);
            }
        });
        if (cpu != null) assertTrue(pc.fit(cpu, "provider"));
        return pc;
    }

    private Pc machine(Specification specification, FakeCpu cpu) {
        return machine(specification, cpu, (pc, boot) -> { });
    }

    private Pc running(Specification specification, FakeCpu cpu) throws Exception {
        Pc pc = machine(specification, cpu);
        pc.boot(BOOT);
        return pc;
    }

    private static Fitting fitting(String slot, String provider, FakeCard card) {
        return new Fitting(slot, provider, "fake", "1.0", card);
    }

    private static SlotSpecification slot(String name, String port, String irq, String shared) {
        return new SlotSpecification(name, "fake", Map.of("port", port, "irq", irq, "shared", shared));
    }

    private static Ending ending(Pc pc) throws Exception {
        return pc.ending().get(5, TimeUnit.SECONDS);
    }

    private static void until(java.util.function.BooleanSupplier met) throws InterruptedException {
        for (int i = 0; i < 2000 && !met.getAsBoolean(); i++) Thread.sleep(1);
        assertTrue(met.getAsBoolean());
    }

    @Test
    public void bootCallsFirmwareOnZeroedMemory() throws Exception {
        Pc pc = machine(small, new FakeCpu(SLEEP), (machine, boot) -> {
            assertEquals(0, machine.memory().load(0x1000, 4));
            machine.memory().store(0x1000, 4, 1);
        });
        pc.boot(BOOT);
        assertEquals(Status.RUNNING, pc.status());
        pc.off();
        assertEquals(Status.OFF, pc.status());
        pc.boot(BOOT);
        assertEquals(List.of("booted", "ending: power off", "booted"), events);
    }

    @Test
    public void refusalOfFirmwareReachesCaller() {
        Pc pc = machine(small, new FakeCpu(SLEEP), (machine, boot) -> {
            throw new BootRefused("vmlinuz: no kernel");
        });
        assertEquals("vmlinuz: no kernel", assertThrows(BootRefused.class, () -> pc.boot(BOOT)).getMessage());
        assertEquals(Status.OFF, pc.status());
    }

    @Test
    public void bootWithoutCpuIsRefused() {
        Pc pc = machine(small, null);
        assertThrows(BootRefused.class, () -> pc.boot(BOOT));
    }

    @Test
    public void haltWithInterruptsOffEndsWithZero() throws Exception {
        FakeCpu cpu = new FakeCpu((c, number) -> {
            c.halted = true;
            c.enabled = false;
        });
        assertEquals(new Ending(0, "halted"), ending(running(small, cpu)));
    }

    @Test
    public void resetWithoutRebootEndsWithZero() throws Exception {
        FakeCpu cpu = new FakeCpu((c, number) -> c.board.out(0xCF9, 1, 0x06));
        assertEquals(new Ending(0, "port CF9h"), ending(running(small.withoutReboot(), cpu)));
    }

    @Test
    public void fastResetBootsAgain() throws Exception {
        FakeCpu cpu = new FakeCpu((c, number) -> {
            if (number == 5) c.board.out(0x92, 1, 0x03);
            else if (number > 6) c.halted = true;
        });
        Pc pc = running(small, cpu);
        until(() -> events.size() == 4);
        assertEquals(List.of("booted", "reset: port 92h", "ending: port 92h", "booted"), events);
        assertEquals(Status.RUNNING, pc.status());
    }

    @Test
    public void tripleFaultEndsWithThreeAndIsTold() throws Exception {
        FakeCpu cpu = new FakeCpu((c, number) -> {
            c.value = 0x0E;
            c.shutdown = true;
        });
        Ending how = ending(running(small.withoutReboot(), cpu));
        assertEquals(3, how.status());
        assertEquals("triple fault at 0010:0000000E, vectors 0E", how.cause());
        assertTrue(events.contains(how.cause()));
    }

    @Test
    public void cardCanEndMachine() throws Exception {
        FakeCpu cpu = new FakeCpu(SPIN);
        Pc pc = machine(small, cpu);
        FakeCard card = new FakeCard() {
            @Override
            public void out(int offset, int size, int to) {
                slot.exit(to << 1 | 1);
            }
        };
        pc.add(slot("s", "0xf4", "5", "no"));
        assertTrue(pc.fit(fitting("s", "p", card)));
        pc.boot(BOOT);
        pc.atRest(When.ANY, SECOND, () -> {
            cpu.board.out(0xF4, 1, 16);
            return null;
        });
        assertEquals(33, ending(pc).status());
    }

    @Test
    public void deterministicRunsAreAlike() throws Exception {
        assertEquals(trace(7), trace(7));
        assertNotEquals(trace(7), trace(8));
    }

    /** Times at which a timer of 1,003 ns interrupts a program that halts now and then. */
    private List<String> trace(long seed) throws Exception {
        List<String> trace = Collections.synchronizedList(new ArrayList<>());
        FakeCpu cpu = new FakeCpu(new FakeCpu.Program() {
            @Override
            public void instruction(FakeCpu c, long number) {
                if (number % 777 == 0) c.halted = true;
                if (number == 5000) c.board.out(0xCF9, 1, 4);
            }

            @Override
            public void interrupt(FakeCpu c, int vector) {
                trace.add(c.instructions() + " " + c.board.ticks() + " " + vector);
                c.board.out(0x300, 1, 0);
                c.board.out(0x20, 1, 0x20);
            }
        });
        Pc pc = machine(small.withSeed(seed).withoutReboot(), cpu);
        FakeCard timer = new FakeCard() {
            @Override
            public void reset() {
                slot.clock().after(1003, this::ring);
            }

            @Override
            void ring() {
                out(0, 1, 1);
                slot.clock().after(1003, this::ring);
            }
        };
        pc.add(slot("timer", "0x300", "0", "no"));
        assertTrue(pc.fit(fitting("timer", "p", timer)));
        pc.boot(BOOT);
        ending(pc);
        trace.add(String.valueOf(pc.counters().instructions()));
        assertTrue(trace.size() > 40);
        return trace;
    }

    @Test
    public void deviceSeesTimeExactToTheInstruction() throws Exception {
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        FakeCpu cpu = new FakeCpu((c, number) -> {
            times.add(c.board.ticks());
            if (number == 99) c.board.out(0xCF9, 1, 4);
        });
        Pc pc = running(small.withSeed(1).withoutReboot(), cpu);
        ending(pc);
        assertEquals(100, times.size());
        for (int i = 1; i < 100; i++) assertEquals(10, times.get(i) - times.get(i - 1));
    }

    @Test
    public void haltWakesAtAlarm() throws Exception {
        FakeCpu cpu = new FakeCpu(SLEEP);
        Pc pc = running(small, cpu);
        long due = pc.atRest(When.ANY, SECOND, () -> pc.clock().now() + 20_000_000);
        pc.atRest(When.ANY, SECOND, () -> pc.clock().after(20_000_000, () -> events.add("rung")));
        until(() -> events.contains("rung"));
        assertTrue(pc.counters().guest() >= due - 1_000_000);
    }

    @Test
    public void tickingMachineSleepsInHalt() throws Exception {
        FakeCpu cpu = new FakeCpu(new FakeCpu.Program() {
            @Override
            public void instruction(FakeCpu c, long number) {
                c.halted = true;
            }

            @Override
            public void interrupt(FakeCpu c, int vector) {
                c.board.out(0x300, 1, 0);
                c.board.out(0x20, 1, 0x20);
            }
        });
        FakeCard timer = new FakeCard() {
            @Override
            public void reset() {
                slot.clock().after(4_000_000, this::ring);
            }

            @Override
            void ring() {
                super.ring();
                out(0, 1, 1);
                reset();
            }
        };
        Pc pc = machine(small, cpu);
        pc.add(slot("timer", "0x300", "0", "no"));
        assertTrue(pc.fit(fitting("timer", "p", timer)));
        pc.boot(BOOT);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long thread = pc.atRest(When.ANY, SECOND, () -> Thread.currentThread().getId());
        long cpuBefore = threads.getThreadCpuTime(thread), before = System.nanoTime();
        int rung = pc.atRest(When.ANY, SECOND, () -> timer.seen.size());
        Thread.sleep(2000);
        long used = threads.getThreadCpuTime(thread) - cpuBefore, passed = System.nanoTime() - before;
        assertTrue("its thread used " + used + " ns of " + passed, used < passed / 5);
        assertTrue(pc.atRest(When.ANY, SECOND, () -> timer.seen.size()) > rung + 100);
    }

    @Test
    public void pausedMachineStandsInTime() throws Exception {
        Pc pc = running(small, new FakeCpu(SPIN));
        pc.pause();
        assertEquals(Status.PAUSED, pc.status());
        long guest = pc.atRest(When.ANY, SECOND, () -> pc.clock().now());
        long instructions = pc.counters().instructions();
        Thread.sleep(30);
        assertEquals(guest, (long) pc.atRest(When.ANY, SECOND, () -> pc.clock().now()));
        assertEquals(instructions, pc.counters().instructions());
        pc.resume();
        until(() -> pc.counters().instructions() > instructions);
    }

    @Test
    public void restInUserModeWaitsForIt() throws Exception {
        FakeCpu cpu = new FakeCpu((c, number) -> c.privilege = number % 1000 == 999 ? 3 : 0);
        Pc pc = running(small, cpu);
        assertEquals(3, (int) pc.atRest(When.USER_OR_IDLE, SECOND, cpu::privilege));
    }

    @Test
    public void restInUserModeTakesIdleToo() throws Exception {
        FakeCpu cpu = new FakeCpu((c, number) -> c.halted = number > 1000);
        assertTrue(running(small, cpu).atRest(When.USER_OR_IDLE, SECOND, cpu::idle));
    }

    @Test
    public void restThatNeverComesIsNotDone() throws Exception {
        Pc pc = running(small, new FakeCpu(SPIN));
        assertThrows(TimeoutException.class, () -> pc.atRest(When.USER_OR_IDLE, Duration.ofMillis(20), () -> events.add("done")));
        pc.pause();
        assertFalse(events.contains("done"));
        assertTrue(pc.atRest(When.USER_OR_IDLE, SECOND, () -> events.add("done at once")));
    }

    @Test
    public void exceptionOfWorkReachesCaller() throws Exception {
        Pc pc = machine(small, null);
        assertThrows(java.io.IOException.class, () -> pc.atRest(When.ANY, SECOND, () -> {
            throw new java.io.IOException("on purpose");
        }));
    }

    @Test
    public void machinesOwnThreadRestsInline() throws Exception {
        Pc pc = machine(small, null);
        assertEquals(5, (int) pc.atRest(When.ANY, SECOND, () -> pc.atRest(When.ANY, SECOND, () -> 5)));
    }

    @Test
    public void conflictIsRefusedByNameAndLeavesMachine() {
        Pc pc = machine(small, new FakeCpu(SPIN));
        FakeCard first = new FakeCard();
        pc.add(slot("a", "0x300", "5", "no"));
        pc.add(slot("b", "0x303", "6", "no"));
        pc.add(slot("c", "0x310", "5", "yes"));
        pc.add(slot("d", "0x20", "7", "no"));
        assertTrue(pc.fit(fitting("a", "p", first)));
        for (String name : List.of("b", "c", "d")) assertFalse(pc.fit(fitting(name, "p", new FakeCard())));
        assertEquals(List.of("slot b: port 303–306h belongs to a", "slot c: IRQ 5 belongs to a",
                "slot d: port 20–23h belongs to board"), events);
        assertEquals("slot b: port 303–306h belongs to a", pc.slots().get(1).refusal());
        assertEquals(0, pc.slots().get(2).claims().size());
        assertTrue(pc.occupied("a"));
    }

    @Test
    public void twoMayShareAnIrqIfBothAsk() {
        Pc pc = machine(small, null);
        pc.add(slot("a", "0x300", "5", "yes"));
        pc.add(slot("b", "0x310", "5", "yes"));
        assertTrue(pc.fit(fitting("a", "p", new FakeCard())));
        assertTrue(pc.fit(fitting("b", "p", new FakeCard())));
    }

    @Test
    public void stoppedCardIsGoneWithItsClaims() throws Exception {
        Pc pc = running(small, new FakeCpu(SPIN));
        FakeCard card = new FakeCard();
        pc.add(slot("a", "0x300", "5", "no"));
        pc.fit(fitting("a", "p", card));
        assertEquals(1, pc.leave("p", "fake", false).size());
        assertEquals(List.of("unplug"), card.seen);
        assertEquals(0, pc.slots().get(0).claims().size());
        assertTrue(pc.fit(fitting("a", "q", new FakeCard())));
    }

    @Test
    public void updatedCardKeepsStateAlarmAndLine() throws Exception {
        FakeCpu cpu = new FakeCpu(SPIN);
        Pc pc = running(small, cpu);
        FakeCard old = new FakeCard();
        pc.add(slot("a", "0x300", "5", "no"));
        pc.fit(fitting("a", "p", old));
        pc.atRest(When.ANY, SECOND, () -> {
            cpu.enabled = false;
            cpu.board.out(0x300, 1, 7);
            old.alarm = old.slot.clock().after(500_000_000, old::ring); // Far beyond what a busy host takes to come here.
            return null;
        });
        pc.leave("p", "fake", true);
        long stands = pc.counters().instructions();
        Thread.sleep(20);
        assertEquals("the machine rests", stands, pc.counters().instructions());
        assertEquals("claims are kept", 2, pc.slots().get(0).claims().size());
        FakeCard fresh = new FakeCard();
        assertTrue(pc.fit(fitting("a", "q", fresh)));
        assertEquals(7, (int) pc.atRest(When.ANY, SECOND, () -> cpu.board.in(0x300, 1)));
        until(() -> pc.counters().guest() > fresh.alarm.due() + 1_000_000);
        pc.pause();
        assertEquals(List.of("ring " + fresh.alarm.due()), fresh.seen);
        assertEquals(List.of("unplug"), old.seen);
    }

    @Test
    public void olderCardRefusesStateWhichIsKept() throws Exception {
        FakeCpu cpu = new FakeCpu(SPIN);
        Pc pc = running(small, cpu);
        FakeCard newer = new FakeCard();
        newer.version = 2;
        newer.value = 9;
        pc.add(slot("a", "0x300", "5", "no"));
        pc.fit(fitting("a", "p", newer));
        pc.leave("p", "fake", true);
        assertFalse(pc.fit(fitting("a", "q", new FakeCard())));
        assertTrue(pc.slots().get(0).refusal(), pc.slots().get(0).refusal().contains("newer"));
        long before = pc.counters().instructions();
        until(() -> pc.counters().instructions() > before);
        FakeCard again = new FakeCard();
        again.version = 2;
        assertTrue(pc.fit(fitting("a", "r", again)));
        assertEquals(9, again.value);
    }

    @Test
    public void guestFreezesWithoutCpuAndGoesOn() throws Exception {
        FakeCpu old = new FakeCpu((c, number) -> c.value++);
        Pc pc = running(small, old);
        until(() -> pc.counters().instructions() > 1000);
        Cpu taken = pc.leave("provider");
        assertEquals(old, taken);
        until(() -> pc.status() == Status.NO_CPU);
        long count = pc.counters().instructions();
        long guest = pc.atRest(When.ANY, SECOND, () -> pc.clock().now());
        FakeCpu refusing = new FakeCpu(SPIN);
        refusing.refuses = true;
        assertFalse(pc.fit(refusing, "refusing"));
        FakeCpu fresh = new FakeCpu(SPIN);
        assertEquals(guest, (long) pc.atRest(When.ANY, SECOND, () -> pc.clock().now()));
        assertTrue(pc.fit(fresh, "next"));
        assertEquals(old.value, fresh.value);
        until(() -> pc.counters().instructions() > count);
    }

    @Test
    public void inputWaitsForRoomOfCardAndQueue() throws Exception {
        Pc pc = running(small, new FakeCpu(SPIN));
        FakeCard card = new FakeCard();
        card.room = 10;
        pc.add(slot("a", "0x300", "5", "no"));
        pc.fit(fitting("a", "p", card));
        int all = InputQueue.CAPACITY + 5000;
        Thread sender = new Thread(() -> {
            try {
                pc.input("a", "bytes", new byte[all]);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        sender.start();
        until(() -> sender.getState() == Thread.State.WAITING);
        until(() -> received(pc, card) == 10);
        pc.atRest(When.ANY, SECOND, () -> card.room = Integer.MAX_VALUE);
        sender.join(5000);
        until(() -> received(pc, card) == all);
    }

    private static int received(Pc pc, FakeCard card) {
        try {
            return pc.atRest(When.ANY, SECOND, card.received::size);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    public void inputForNobodyIsLost() throws Exception {
        Pc pc = running(small, new FakeCpu(SPIN));
        for (int i = 0; i < 3; i++) pc.input("nowhere", "bytes", new byte[InputQueue.CAPACITY]);
    }

    @Test
    public void twoMachinesLiveSideBySide() throws Exception {
        Pc one = running(small, new FakeCpu(SPIN));
        Pc two = running(Specification.named("two").withMemory(16 << 20), new FakeCpu(SPIN));
        one.pause();
        long stands = one.counters().instructions();
        long goes = two.counters().instructions();
        until(() -> two.counters().instructions() > goes);
        assertEquals(stands, one.counters().instructions());
        assertFalse(one.memory().bytes() == two.memory().bytes());
    }

    @Test
    public void cpuThatThrowsEndsMachine() throws Exception {
        FakeCpu cpu = new FakeCpu((c, number) -> {
            throw new IllegalStateException("broken on purpose");
        });
        assertEquals(1, ending(running(small, cpu)).status());
    }

    @Test
    public void keyboardLineAndPort92OpenA20Together() throws Exception {
        FakeCpu cpu = new FakeCpu(SPIN);
        Pc pc = machine(small, cpu);
        FakeCard card = new FakeCard() {
            @Override
            public void plug(org.lkpk.api.bus.Slot to) {
                irq = to.a20();
            }
        };
        pc.add(slot("k", "0x60", "1", "no"));
        pc.fit(fitting("k", "p", card));
        assertTrue(cpu.board.a20());
        cpu.board.out(0x92, 1, 0);
        assertFalse(cpu.board.a20());
        card.irq.set(true);
        assertTrue(cpu.board.a20());
        pc.leave("p", "fake", false);
        assertFalse(cpu.board.a20());
    }

    @Test
    public void impossibleMachinesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Pc(Specification.named("x").withMemory(8 << 20), () -> null));
        assertThrows(IllegalArgumentException.class, () -> new Pc(Specification.named("a b"), () -> null));
    }
}
