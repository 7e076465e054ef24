package org.lkpk.bus;

import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Memory;

/** The board: memory, ports, its own chips and registers, and the socket of the CPU. Belongs to the machine's thread. */
final class Motherboard implements Board {
    static final int POST = 0x80;
    static final int SYSTEM_CONTROL = 0x92;
    static final int RESET_CONTROL = 0xCF9;
    private static final int CONTROL_RESET = 0x01;
    private static final int CONTROL_A20 = 0x02;
    private static final int RESET_CPU = 0x04;

    final PhysicalMemory memory;
    final Ports ports = new Ports();
    final InterruptControllers interrupts;
    private final ErrorLatch errors;
    final DmaControllers dma;
    final VirtualClock clock;
    private final long tickOffset;
    private int post;
    private int systemControl;
    private int resetControl;
    /** Cards that hold the A20 gate open. */
    private int a20Drivers;
    private boolean a20 = true;
    /** Read by other threads to interject; changed by the machine's thread only. */
    private volatile Cpu cpu;
    /** Instructions since power-on are those of the present CPU and these, of the ones before. */
    private long instructionOffset;
    private String reset;
    private int exit = -1;

    /** @param deterministic whether guest time counts instructions */
    Motherboard(int memorySize, boolean deterministic, long tickOffset) {
        memory = new PhysicalMemory(memorySize);
        clock = new VirtualClock(deterministic ? new InstructionPace(this::instructions) : new HostPace(System::nanoTime, this::instructions),
                this::interject);
        this.tickOffset = tickOffset;
        interrupts = new InterruptControllers(ports, () -> {
            Cpu present = cpu;
            if (present != null) present.interrupt(interruptPin());
        });
        errors = new ErrorLatch(ports, interrupts.wire(ErrorLatch.IRQ));
        dma = new DmaControllers(ports, memory);
        ports.claim(POST, 1, 1, register(() -> post, value -> post = value));
        ports.claim(SYSTEM_CONTROL, 1, 1, register(() -> systemControl, this::systemControl));
        ports.claim(RESET_CONTROL, 1, 1, register(() -> resetControl, this::resetControl));
        systemControl = CONTROL_A20;
    }

    private boolean interruptPin() {
        return interrupts.output();
    }

    private static IoPort register(IntSupplier in, IntConsumer out) {
        return new IoPort() {
            @Override
            public int in(int offset, int size) {
                return in.getAsInt();
            }

            @Override
            public void out(int offset, int size, int value) {
                out.accept(value);
            }
        };
    }

    private void systemControl(int value) {
        boolean pulse = (value & ~systemControl & CONTROL_RESET) != 0;
        systemControl = value;
        settleA20();
        if (pulse) reset("port 92h");
    }

    private void resetControl(int value) {
        boolean pulse = (value & ~resetControl & RESET_CPU) != 0;
        resetControl = value;
        if (pulse) reset("port CF9h");
    }

    /** The RESET line reaches the board's own chips. */
    void resetChips() {
        post = 0;
        systemControl = CONTROL_A20;
        resetControl = 0;
        settleA20();
        interrupts.reset();
        errors.reset();
        dma.reset();
        reset = null;
        exit = -1;
    }

    /** Pulses RESET at the next instruction boundary. */
    void reset(String cause) {
        if (reset == null) reset = cause;
        interject();
    }

    /** Asks for the machine's end at the next instruction boundary. */
    void exit(int status) {
        if (exit < 0) exit = status & 0xFF;
        interject();
    }

    /** Cause of the reset that has been asked for; null if none. */
    String resetCause() {
        return reset;
    }

    /** The exit status that has been asked for; -1 if none. */
    int exitStatus() {
        return exit;
    }

    /** A new driver of the A20 gate. */
    Wire a20Wire() {
        return new Wire(high -> {
            a20Drivers += high ? 1 : -1;
            settleA20();
        });
    }

    private void settleA20() {
        boolean open = (systemControl & CONTROL_A20) != 0 || a20Drivers > 0;
        if (open == a20) return;
        a20 = open;
        memory.remapped();
    }

    Cpu cpu() {
        return cpu;
    }

    /** Puts a CPU that has been plugged and has its state into the socket, or empties it with null. */
    void cpu(Cpu present) {
        long sofar = instructions();
        cpu = present;
        instructionOffset = present == null ? sofar : sofar - present.instructions();
        if (present != null) present.interrupt(interrupts.output());
    }

    /** Instructions since power-on, of all CPUs that stood here. */
    long instructions() {
        Cpu present = cpu;
        return present == null ? instructionOffset : instructionOffset + present.instructions();
    }

    /** Power-on: counting starts again. */
    void zero(long epoch) {
        instructionOffset -= instructions();
        clock.zero(epoch);
    }

    /** Makes a run in progress stop; any thread. */
    void interject() {
        Cpu present = cpu;
        if (present != null) present.interject();
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public int in(int port, int size) {
        return ports.in(port, size);
    }

    @Override
    public void out(int port, int size, int value) {
        ports.out(port, size, value);
    }

    @Override
    public int acknowledge() {
        return interrupts.acknowledge();
    }

    @Override
    public void ferr(boolean asserted) {
        errors.error(asserted);
    }

    @Override
    public boolean ignne() {
        return errors.ignored();
    }

    @Override
    public long ticks() {
        return clock.now() + tickOffset;
    }

    @Override
    public boolean a20() {
        return a20;
    }
}
