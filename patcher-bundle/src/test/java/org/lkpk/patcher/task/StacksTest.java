package org.lkpk.patcher.task;

import static org.junit.Assert.assertEquals;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Segment;
import org.lkpk.patcher.SyntheticKernel;
import org.lkpk.patcher.task.Stacks.Blocker;
import org.lkpk.patcher.task.Stacks.Where;

/** A machine that was paused in its kernel: in init (PID 1), a soft interrupt on top of it, a hard one on top of that. */
public class StacksTest {
    private static final int PAGE_OFFSET = 0xC0000000, STACK = TaskLayout.STACK;
    /** Numbers of functions: what stands innermost, and what called it. */
    private static final int HANDLER = 60, HARD = 61, SOFT = 62, DO_SOFT = 63, READ = 64, SYSTEM_CALL = 65, FAULT = 66, COPY = 67;
    private static final int USER = 0x7B, KERNEL = 0x60;

    private final SyntheticKernel kernel = new SyntheticKernel(16 << 20, false);
    private final ByteBuffer ram = ByteBuffer.wrap(kernel.ram).order(ByteOrder.LITTLE_ENDIAN);
    private final DirectMap memory = new DirectMap(kernel.ram, kernel.ram.length, PAGE_OFFSET);
    private final int init = kernel.linear(0) + 0x300000;
    private final TaskLayout layout = TaskLayout.find(memory, init, this::isText).orElseThrow();
    private int running = init + 0x800;
    private final int own = memory.word(running + layout.stack());
    private final int soft = PAGE_OFFSET + (24 << 20), hard = soft + STACK;
    private int eip = in(HANDLER);
    private int esp;
    private int ebp;
    private int privilege;

    private boolean isText(int address) {
        return Integer.compareUnsigned(address - kernel.base, SyntheticKernel.FUNCTIONS * SyntheticKernel.SIZE) < 0;
    }

    private int in(int function) {
        return kernel.linear(function) + 9;
    }

    private void put(int linear, int word) {
        ram.putInt(linear - PAGE_OFFSET, word);
    }

    /** A call: the frame at {@code at} of the function that will return to {@code to}, whose own frame is {@code outer}. */
    private int frame(int at, int outer, int to) {
        put(at, outer);
        put(at + 4, in(to));
        return at;
    }

    /** Registers of what was interrupted; as a frame pointer they have their uppermost bit cleared. */
    private int registers(int at, int ebp, int address, int cs) {
        put(at + 20, ebp);
        put(at + 48, address);
        put(at + 52, cs);
        return at & Integer.MAX_VALUE;
    }

    /** Init in a system call. */
    private int systemCall() {
        int entered = registers(own + STACK - Calls.REGISTERS, 0, 0x08048000, USER);
        return frame(own + 0x1E00, frame(own + 0x1F00, entered, SYSTEM_CALL), SYSTEM_CALL);
    }

    /** Init's system call, the soft interrupt that it has let in, and the hard one on top. */
    private void nested() {
        int task = frame(own + 0x1C00, systemCall(), READ);
        put(soft, own + 0x1B00);
        int lower = frame(soft + 0x1F00, task, DO_SOFT);
        int saved = registers(soft + 0x1E00, lower, in(SOFT), KERNEL);
        put(hard, soft + 0x1D00);
        int entered = frame(soft + 0x1D20, saved, HARD);
        ebp = frame(hard + 0x1F00, entered, HARD);
        esp = hard + 0x1E00;
    }

    private List<Blocker> inside(int function) {
        Segment flat = new Segment(KERNEL, 0, -1, 0);
        Cpu cpu = (Cpu) Proxy.newProxyInstance(Cpu.class.getClassLoader(), new Class<?>[] {Cpu.class}, (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "privilege" -> privilege;
                    case "idle" -> false;
                    case "segment" -> flat;
                    case "register" -> arguments[0].equals("eip") ? (long) eip : arguments[0].equals("esp") ? (long) esp : (long) ebp;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        int first = kernel.linear(function) + 1;
        return new Stacks(cpu, memory, layout, init, this::isText, address -> true)
                .inside(new Ranges(List.of(new Ranges.Range(first, first + SyntheticKernel.SIZE - 2))), running);
    }

    private void found(int function, Where where, Integer... chain) {
        assertEquals(List.of(new Blocker(1, "init", in(function), List.of(chain), where)), inside(function));
    }

    private Integer[] all() {
        return new Integer[] {in(HANDLER), in(HARD), in(HARD), in(SOFT), in(DO_SOFT), in(READ), in(SYSTEM_CALL), in(SYSTEM_CALL)};
    }

    @Test
    public void aHandlerIsFoundWithAllThatItHasInterrupted() {
        nested();
        found(HANDLER, Where.INTERRUPT, all());
        found(HARD, Where.INTERRUPT, all());
    }

    @Test
    public void theSoftInterruptBelowIsFound() {
        nested();
        found(SOFT, Where.INTERRUPT, all());
    }

    @Test
    public void theTaskBelowBothIsFound() {
        nested();
        found(READ, Where.RUNNING, all());
        found(SYSTEM_CALL, Where.RUNNING, all());
    }

    @Test
    public void nobodyElseIsInTheWay() {
        nested();
        assertEquals(List.of(), inside(COPY));
    }

    @Test
    public void aStackThatHasJustBeenTakenIsEmptyAndLeadsOn() {
        nested();
        eip = in(HARD);
        ebp = soft + 0x1D20;
        esp = hard + STACK;
        found(HARD, Where.INTERRUPT, in(HARD), in(HARD), in(SOFT), in(DO_SOFT), in(READ), in(SYSTEM_CALL), in(SYSTEM_CALL));
        assertEquals(1, inside(SOFT).size());
        assertEquals(1, inside(READ).size());
    }

    @Test
    public void aFaultOnTheTasksOwnStackIsFollowedToWhatFaulted() {
        int task = systemCall();
        int saved = registers(own + 0x1D00, task, in(COPY), KERNEL);
        ebp = frame(own + 0x1C00, saved, FAULT);
        esp = own + 0x1B00;
        Integer[] chain = {in(HANDLER), in(FAULT), in(COPY), in(SYSTEM_CALL), in(SYSTEM_CALL)};
        found(HANDLER, Where.RUNNING, chain);
        found(FAULT, Where.RUNNING, chain);
        found(COPY, Where.RUNNING, chain);
        found(SYSTEM_CALL, Where.RUNNING, chain);
    }

    /** Its caller's return address is on the stack, and in no frame. */
    @Test
    public void whatWasInterruptedBeforeItMadeItsFrameKeepsItsCaller() {
        int task = systemCall();
        put(own + 0x1D44, in(READ));
        int saved = registers(own + 0x1D00, task, in(COPY), KERNEL);
        ebp = frame(own + 0x1C00, saved, FAULT);
        esp = own + 0x1B00;
        found(READ, Where.RUNNING, in(HANDLER), in(FAULT), in(COPY), in(READ), in(SYSTEM_CALL), in(SYSTEM_CALL));
    }

    @Test
    public void whoHasCalledAFunctionThatHasNoFrameYetIsInTheChain() {
        nested();
        put(esp, in(COPY));
        eip = kernel.linear(HANDLER);
        assertEquals(List.of(eip, in(COPY), in(HARD)), inside(COPY).get(0).chain().subList(0, 3));
        assertEquals(Where.INTERRUPT, inside(COPY).get(0).where());
    }

    @Test
    public void aTaskThatSleepsInAnInterruptedFunctionKeepsWhatIsInNoFrame() {
        int task = systemCall();
        put(own + 0x1D44, in(READ));
        int saved = registers(own + 0x1D00, task, in(COPY), KERNEL);
        int sp = own + 0x1C00;
        put(running + layout.sp(), sp);
        put(sp + TaskLayout.FRAME_EBP, saved);
        put(sp + TaskLayout.FRAME_RETURN, in(FAULT));
        running = init;
        privilege = 3;
        found(READ, Where.ASLEEP, in(FAULT), in(COPY), in(READ), in(SYSTEM_CALL), in(SYSTEM_CALL));
    }

    @Test
    public void inUserModeTheKernelStackIsEmpty() {
        nested();
        privilege = 3;
        assertEquals(List.of(), inside(READ));
    }

    @Test
    public void aTaskThatHasLeftTheListIsSeenAsLongAsItRuns() {
        nested();
        int gone = init + 0x1800;
        System.arraycopy(kernel.ram, running - PAGE_OFFSET, kernel.ram, gone - PAGE_OFFSET, 0x800);
        put(running + layout.stack(), memory.word(init + layout.stack()));
        running = gone;
        assertEquals(Where.RUNNING, inside(READ).get(0).where());
    }

    @Test
    public void aStackOfNoTasksIsNoReasonToLookAtLess() {
        nested();
        esp = 0xFF800000;
        ebp = 0;
        eip = in(COPY);
        found(READ, Where.RUNNING, in(COPY), in(READ));
    }
}
