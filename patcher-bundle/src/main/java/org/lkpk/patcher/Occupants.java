package org.lkpk.patcher;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;
import org.lkpk.api.machine.Machine;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.task.DirectMap;
import org.lkpk.patcher.task.Ranges;
import org.lkpk.patcher.task.Stacks;
import org.lkpk.patcher.task.TaskLayout;

/** Who is inside of which code of one running kernel. All but the constructor is for the machine's thread. */
final class Occupants {
    private static final int SHOWN = 12;
    private static final int PROLOGUE = 48;
    private static final byte PUSH_EBP = 0x55;
    private static final byte[] MOV_EBP = {(byte) 0x89, (byte) 0xE5};

    private final Machine machine;
    private final Kernel kernel;
    private final Optional<Symbol> init;
    /** Written on the machine's thread, once. */
    private volatile TaskLayout layout;
    private int tasks;

    Occupants(Machine machine, Kernel kernel) {
        this.machine = machine;
        this.kernel = kernel;
        init = kernel.symbols().only("init_task");
    }

    boolean of(Kernel other) {
        return kernel == other;
    }

    /** Whether it is a kernel with tasks; one without is replaced wherever it stands. */
    boolean known() {
        return init.isPresent();
    }

    /** How many tasks the last look has seen. */
    int tasks() {
        return tasks;
    }

    /** Learns how the kernel keeps its tasks: once, and in a stop of its own, since it takes longer than a look at stacks. */
    void learn() throws GuestBusy {
        if (learned()) return;
        layout = TaskLayout.find(memory(), init.get().address(), this::isText)
                .orElseThrow(() -> new GuestBusy("the tasks of kernel " + kernel.title() + " cannot be told apart"));
    }

    boolean learned() {
        return !known() || layout != null;
    }

    private DirectMap memory() {
        return new DirectMap(machine.memory().bytes(), machine.memory().size(), kernel.pageOffset());
    }

    /** @throws GuestBusy if the tasks cannot be followed at this moment */
    List<Stacks.Blocker> inside(Ranges ranges) throws GuestBusy {
        if (!known() || ranges.none()) return List.of();
        DirectMap memory = memory();
        learn();
        Cpu cpu = machine.cpus().isEmpty() ? null : machine.cpus().get(0);
        int current = current();
        if (current == 0 && cpu != null && cpu.privilege() != 3)
            throw new GuestBusy("kernel " + kernel.title() + " does not tell which task runs");
        Stacks stacks = new Stacks(cpu, memory, layout, init.get().address(),
                address -> Integer.compareUnsigned(address, kernel.pageOffset()) >= 0, this::keepsFrame);
        List<Stacks.Blocker> found = stacks.inside(ranges, current);
        if (found == null) throw new GuestBusy("the list of tasks is being changed");
        tasks = stacks.tasks();
        return found;
    }

    /** Whether the kernel's function around {@code address} begins with PUSH EBP and MOV EBP,ESP, others between them or not. */
    private boolean keepsFrame(int address) {
        if (!isText(address)) return false;
        Optional<Symbol> function = kernel.symbols().covering(address);
        if (function.isEmpty()) return false;
        byte[] code = new LinearMemory(machine, kernel.pageOffset()).read(function.get().address(),
                Math.min(PROLOGUE, address - function.get().address()));
        boolean pushed = false;
        for (int i = 0; i < code.length; i++) {
            pushed |= code[i] == PUSH_EBP;
            if (pushed && i + 1 < code.length && code[i] == MOV_EBP[0] && code[i + 1] == MOV_EBP[1]) return true;
        }
        return false;
    }

    private boolean isText(int address) {
        SymbolTable symbols = kernel.symbols();
        Optional<Symbol> start = symbols.only("_stext"), end = symbols.only("_etext");
        if (start.isEmpty() || end.isEmpty()) return symbols.covering(address).isPresent();
        return Integer.compareUnsigned(address - start.get().address(), end.get().address() - start.get().address()) < 0;
    }

    /** The task that the processor is in, as its variable says; 0 if the kernel does not tell where that is. */
    private int current() {
        Optional<Symbol> variable = kernel.symbols().only("current_task").or(() -> kernel.symbols().only("pcpu_hot"));
        Optional<Symbol> offsets = kernel.symbols().only("__per_cpu_offset");
        if (variable.isEmpty() || offsets.isEmpty()) return 0;
        LinearMemory memory = new LinearMemory(machine, kernel.pageOffset());
        return memory.word(variable.get().address() + memory.word(offsets.get().address()));
    }

    /**
     * One line for people about who stands in the way.
     *
     * @param name of the code at an address
     */
    static String told(List<Stacks.Blocker> blockers, int tasks, IntFunction<String> name) {
        Stacks.Blocker first = blockers.get(0);
        for (Stacks.Blocker one : blockers) if (one.pid() == 0 && one.where() == Stacks.Where.ASLEEP) first = one;
        StringJoiner chain = new StringJoiner(" < ");
        int shown = Math.max(SHOWN, first.chain().indexOf(first.address()) + 1);
        for (int address : first.chain().subList(0, Math.min(shown, first.chain().size()))) chain.add(name.apply(address));
        String function = function(name.apply(first.address()));
        String who = first.comm() + " (PID " + first.pid() + ")";
        String others = blockers.size() > 1 ? ", one of " + blockers.size() + " of " + tasks + " tasks" : "";
        Set<String> more = new TreeSet<>();
        for (Stacks.Blocker one : blockers) more.add(function(name.apply(one.address())));
        more.remove(function);
        String also = more.isEmpty() ? "" : "; others are inside " + String.join(", ", more);
        boolean always = first.where() == Stacks.Where.ASLEEP && (first.pid() == 0 || blockers.size() * 2 > tasks);
        String inside = first.where() == Stacks.Where.INTERRUPT ? ": an interrupt of task " + who + " is inside" : ": task " + who + " is inside";
        return function + (always ? ": always on a stack: " + who + " never leaves it" : inside) + others + ": " + chain + also;
    }

    private static String function(String place) {
        return place.replaceFirst("\\+0x.*", "");
    }

    /** {@code name+0x1f} by {@code symbols}; the bare address where none covers it. */
    static String named(SymbolTable symbols, int address) {
        return symbols.covering(address).filter(s -> s.size() == 0 || Integer.compareUnsigned(address - s.address(), s.size()) < 0)
                .map(s -> s.name() + "+0x" + Integer.toHexString(address - s.address()))
                .orElse("0x" + HexFormat.of().toHexDigits(address));
    }
}
