package org.lkpk.patcher;

import static org.junit.Assert.assertEquals;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;
import org.lkpk.api.cpu.Cpu;

/** A PAE kernel with tables of its own for user space, in 64 KB of RAM; a page of a module is mapped at FFC00000h. */
public class LinearMemoryTest {
    private static final int KERNEL = 0x2000, USER = 0x3000, DIRECTORY = 0x4000, TABLE = 0x5000, BELOW = 0x6000, EMPTY = 0x7000, PAGE = 0x9000;
    private static final int MODULE = 0xFFC00000, PAGE_OFFSET = 0xC0000000, PRESENT = 1;

    private final byte[] ram = new byte[0x10000];
    private final FakeMachine machine = new FakeMachine(ram);

    private void word(int at, int value) {
        machine.memory.store(at, 4, value);
    }

    @Before
    public void mapTheModule() {
        word(KERNEL, BELOW | PRESENT);
        word(USER, BELOW | PRESENT);
        word(KERNEL + 24, DIRECTORY | PRESENT);
        word(USER + 24, EMPTY | PRESENT);
        word(DIRECTORY + (MODULE >>> 18 & 0xFF8), TABLE | PRESENT);
        word(TABLE + (MODULE >>> 9 & 0xFF8), PAGE | PRESENT);
    }

    private long physical(int cr3, int privilege) {
        Map<String, Long> registers = Map.of("cr3", (long) cr3, "cr4", 0x20L);
        Cpu cpu = (Cpu) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Cpu.class}, (proxy, method, arguments) -> switch (method.getName()) {
            case "physical" -> -1L;
            case "privilege" -> privilege;
            case "register" -> registers.get(arguments[0]);
            default -> throw new AssertionError(method.getName());
        });
        machine.cpus = List.of(cpu);
        return new LinearMemory(machine, PAGE_OFFSET).physical(MODULE + 0x123);
    }

    @Test
    public void whatTheKernelMapsIsSeenWhereverTheProcessorStands() {
        assertEquals(PAGE + 0x123, physical(KERNEL, 0));
        assertEquals("in user mode", PAGE + 0x123, physical(USER, 3));
        assertEquals("on the way into the kernel", PAGE + 0x123, physical(USER, 0));
    }

    @Test
    public void whatLiesBeforeOtherTablesIsNoKernelsTable() {
        word(USER, 0xA000 | PRESENT);
        assertEquals(-1, physical(USER, 0));
    }
}
