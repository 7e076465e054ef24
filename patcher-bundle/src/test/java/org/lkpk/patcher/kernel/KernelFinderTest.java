package org.lkpk.patcher.kernel;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.Test;
import org.lkpk.patcher.SyntheticKernel;

public class KernelFinderTest {
    private static Optional<Kernel> found(byte[] ram) throws Exception {
        return new KernelFinder(new PhysicalMemory() {
            @Override
            public int size() {
                return ram.length;
            }

            @Override
            public void read(int address, byte[] into, int count) {
                System.arraycopy(ram, address, into, 0, count);
            }
        }).find();
    }

    @Test
    public void findsAKernelWithTheTableOrderBefore64() throws Exception {
        SyntheticKernel made = new SyntheticKernel(17 << 20, false);
        Kernel kernel = found(made.ram).orElseThrow();
        assertEquals(made.base, kernel.base());
        assertEquals(1 << 20, kernel.slide());
        assertEquals(made.linear(300), kernel.symbols().only("function_300").orElseThrow().address());
    }

    @Test
    public void findsAKernelWithTheTableOrderOf64() throws Exception {
        SyntheticKernel made = new SyntheticKernel(16 << 20, true);
        Kernel kernel = found(made.ram).orElseThrow();
        assertEquals(0, kernel.slide());
        assertEquals(made.linear(399), kernel.symbols().only("function_399").orElseThrow().address());
    }

    @Test
    public void findsAKernelWhoseTablesStraddleTwoPieces() throws Exception {
        for (int physical = (8 << 20) - 0x18000; physical < 8 << 20; physical += 0x1000)
            assertTrue(Integer.toHexString(physical), found(new SyntheticKernel(physical, false).ram).isPresent());
    }

    @Test
    public void exportedDataComesFromTheExportTable() throws Exception {
        Kernel kernel = found(new SyntheticKernel(16 << 20, false).ram).orElseThrow();
        assertEquals('E', kernel.systemState().orElseThrow().type());
        assertEquals(kernel.base() + 0xF000, kernel.systemState().orElseThrow().address());
    }

    @Test
    public void readsReleaseAndBuildId() throws Exception {
        Kernel kernel = found(new SyntheticKernel(16 << 20, false).ram).orElseThrow();
        assertEquals("6.1.0-test-686", kernel.release());
        assertEquals("ab".repeat(20), kernel.buildId());
    }

    @Test
    public void aNameThatOccursTwiceIsNotTheOnlyOne() throws Exception {
        Kernel kernel = found(new SyntheticKernel(16 << 20, false).ram).orElseThrow();
        assertEquals(2, kernel.symbols().named("twin").size());
        assertTrue(kernel.symbols().only("twin").isEmpty());
    }

    @Test
    public void anAddressInsideAFunctionIsCoveredByIt() throws Exception {
        SyntheticKernel made = new SyntheticKernel(16 << 20, false);
        Kernel kernel = found(made.ram).orElseThrow();
        assertEquals("seq_puts", kernel.symbols().covering(made.linear(2) + 31).orElseThrow().name());
        assertTrue(kernel.symbols().covering(made.base - 1).isEmpty());
    }

    @Test
    public void noKernelIsFoundBeforeTheSlideIsAddedToItsBase() throws Exception {
        SyntheticKernel made = new SyntheticKernel(16 << 20, false);
        byte[] moved = new byte[made.ram.length];
        System.arraycopy(made.ram, 16 << 20, moved, 8 << 20, 8 << 20);
        assertTrue(found(moved).isEmpty());
    }

    @Test
    public void damagedTablesNeverThrow() throws Exception {
        Random random = new Random(1998);
        for (int round = 0; round < 60; round++) {
            SyntheticKernel made = new SyntheticKernel(16 << 20, (round & 1) == 0);
            for (int i = 0; i < 1 << (round % 8); i++)
                made.ram[(16 << 20) + 0x10000 + random.nextInt(0x3000)] = (byte) random.nextInt();
            found(made.ram);
        }
    }

    @Test
    public void runningHasAnotherValueInOlderKernels() {
        assertEquals(3, release("6.1.0-50-686").running());
        assertEquals(2, release("5.10.0").running());
        assertEquals(1, release("4.9.0").running());
        assertEquals(1, release("2.0.36").running());
    }

    private static Kernel release(String release) {
        return new Kernel("", release, "", 0, 0, 0, Symbols.of(List.of()));
    }
}
