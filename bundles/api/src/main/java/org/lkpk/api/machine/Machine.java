package org.lkpk.api.machine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.SerialEnd;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Memory;

/**
 * One machine. Its thread owns all of it; methods that say so may be called from any thread and hand their work to that
 * thread. What {@link #memory}, {@link #cpus} and {@link #clock} return is for work given to {@link #atRest} alone.
 */
public interface Machine {
    String name();

    Specification specification();

    /** Any thread. */
    Status status();

    /** What has been loaded to run, or null before {@link #boot}. */
    Boot boot();

    /**
     * Powers on: firmware puts {@code boot} into RAM and the machine runs. A reset loads it again.
     * Any thread; returns when the first instruction is about to run.
     *
     * @throws BootRefused naming file and reason; the machine is then off as before
     * @throws IllegalStateException if the machine is on
     */
    void boot(Boot boot) throws BootRefused;

    /** Stops at an instruction boundary, virtual time too; any thread; returns when it stands. */
    void pause();

    void resume();

    /** Pulses RESET: boots again. */
    void reset();

    /** Powers off and drops all state but the plugged cards; any thread. */
    void off();

    /** Powers off for good and frees the memory; any thread. */
    void dispose();

    /**
     * Runs {@code work} on the machine's thread between two instructions and returns its result. When the machine is
     * off or paused it is done at once, whatever {@code when} asks. Any thread, the machine's own included.
     *
     * @throws TimeoutException if no such moment came within {@code deadline}; the work is then not done at all
     * @throws Exception what {@code work} threw
     */
    <T> T atRest(When when, Duration deadline, Callable<T> work) throws Exception;

    Memory memory();

    /** The board as its processors see it; firmware sets chips up through its ports. For the machine's thread alone. */
    Board board();

    /** The processors; empty while no CPU bundle is there. */
    List<Cpu> cpus();

    Clock clock();

    /** Host input for a slot, taken at an instruction boundary; waits while 64 KB are in the way. Any thread. */
    void input(String slot, String name, byte[] bytes) throws InterruptedException;

    /** Connects the host's end of a slot's serial cable, whether a card stands there yet or not; null disconnects. */
    void connect(String slot, SerialEnd end);

    /** Slots with their cards and claims, refused ones included; any thread. */
    List<SlotView> slots();

    /** State of the board's own chips and of every card, for people: lines ready to print. */
    List<String> describe(String what) throws Exception;

    /** What has been measured so far; any thread. */
    Counters counters();

    /** Told of what happens, on the machine's thread, which it must not hold up. */
    void listen(Listener listener);

    void unlisten(Listener listener);

    /** Completes with the exit status when the machine ends by itself; see {@link Ending}. */
    CompletableFuture<Ending> ending();

    enum Status { OFF, RUNNING, PAUSED, NO_CPU }

    /** Which boundaries {@link #atRest} accepts. */
    enum When {
        /** Between any two instructions. */
        ANY,
        /** When the CPU is in user mode, or idle in HLT with interrupts enabled. */
        USER_OR_IDLE
    }

    /** What can be listened to. */
    interface Listener {
        /** RAM holds a fresh boot image; what was known of the guest is void. */
        default void booted() { }

        /** The machine is about to be reset or powered off, for {@code cause}. */
        default void ending(String cause) { }

        /** A line worth telling the user: triple fault, reset, a card refused. */
        default void told(String line) { }
    }

    /**
     * @param instructions executed since power-on
     * @param guest virtual nanoseconds since power-on
     * @param busy host nanoseconds spent executing
     */
    record Counters(long instructions, long guest, long busy) { }
}
