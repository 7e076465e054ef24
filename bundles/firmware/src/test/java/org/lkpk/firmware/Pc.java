package org.lkpk.firmware;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Specification;

/** As much of a machine as firmware touches. */
final class Pc {
    final byte[] ram;
    final Map<String, Long> registers = new HashMap<>();
    final Map<String, Segment> segments = new HashMap<>();
    final Map<Integer, int[]> cpuid = new HashMap<>();
    final int[] cmos = new int[128];
    final List<Integer> uarts = new ArrayList<>(List.of(0x3f8));
    private int register;
    private final Memory memory = fake(Memory.class, this::memory);
    private final Cpu cpu = fake(Cpu.class, this::cpu);
    private final Board board = fake(Board.class, this::board);
    final Machine machine = fake(Machine.class, this::machine);
    List<Cpu> cpus = List.of(cpu);

    Pc(int megabytes) {
        ram = new byte[megabytes << 20];
        cpuid.put(0, new int[] {1, 0, 0, 0});
        cpuid.put(1, new int[] {0, 0, 0, 0x8101});
    }

    int load(int address, int size) {
        int value = 0;
        for (int i = size - 1; i >= 0; i--) value = value << 8 | ram[address + i] & 0xff;
        return value;
    }

    private Object machine(String method, Object[] values) {
        return switch (method) {
            case "memory" -> memory;
            case "board" -> board;
            case "cpus" -> cpus;
            case "specification" -> Specification.named("test");
            default -> throw new AssertionError(method);
        };
    }

    private Object board(String method, Object[] values) {
        if (method.equals("memory")) return memory;
        int port = (int) values[0];
        if (method.equals("in")) return uarts.contains(port - 2) ? 0x01 : 0xff;
        if (port == 0x70) register = (int) values[2] & 0x7f;
        if (port == 0x71) cmos[register] = (int) values[2];
        return null;
    }

    private Object memory(String method, Object[] values) {
        switch (method) {
            case "size":
                return ram.length;
            case "write":
                System.arraycopy(values[1], (int) values[2], ram, (int) values[0], (int) values[3]);
                return null;
            case "store":
                for (int i = 0; i < (int) values[1]; i++) ram[(int) values[0] + i] = (byte) ((int) values[2] >>> 8 * i);
                return null;
            default:
                throw new AssertionError(method);
        }
    }

    private Object cpu(String method, Object[] values) {
        switch (method) {
            case "register":
                return registers.put((String) values[0], (Long) values[1]);
            case "segment":
                return segments.put((String) values[0], (Segment) values[1]);
            case "cpuid":
                return cpuid.getOrDefault(values[0], new int[4]);
            default:
                throw new AssertionError(method);
        }
    }

    private interface Answer {
        Object to(String method, Object[] values);
    }

    private static <T> T fake(Class<T> type, Answer answer) {
        InvocationHandler handler = (proxy, method, values) -> answer.to(method.getName(), values);
        return type.cast(Proxy.newProxyInstance(Pc.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
