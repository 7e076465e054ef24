package org.lkpk.patcher;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.Test;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.elf.Pristine;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.task.DirectMap;
import org.lkpk.patcher.task.Ranges;
import org.lkpk.patcher.task.Stacks;
import org.lkpk.patcher.task.TaskLayout;

/**
 * Memory of real kernels, taken from outside: {@code -Dlkpk.ram=FILE[:FILE…]}, each an image of the whole RAM of a
 * 32-bit Linux that runs, beside it with the ending {@code .sym} what its /proc/kallsyms says.
 */
public class RealKernelTest {
    private static final String IMAGES = System.getProperty("lkpk.ram", "");

    private static List<Path> images() {
        assumeTrue("no memory image of a real kernel: -Dlkpk.ram=FILE gives one", !IMAGES.isEmpty());
        List<Path> files = new ArrayList<>();
        for (String file : IMAGES.split(File.pathSeparator)) files.add(Path.of(file));
        return files;
    }

    @Test
    public void everySymbolIsWhereTheGuestSaysItIs() throws Exception {
        for (Path file : images()) {
            Guest guest = new Guest(new FakeMachine(Files.readAllBytes(file)));
            long begin = System.nanoTime();
            Kernel kernel = guest.kernel().orElseThrow();
            long ms = (System.nanoTime() - begin) / 1_000_000;
            System.out.println(file.getFileName() + ": " + kernel.release() + ", slide " + Integer.toHexString(kernel.slide()) + ", build id "
                    + kernel.buildId() + ", " + kernel.symbols().all().size() + " symbols, " + ms + " ms");
            int compared = 0;
            for (String line : Files.readAllLines(Path.of(file.toString().replaceAll("\\.[^.]*$", ".sym")))) {
                String[] fields = line.split("[ \t]");
                if (fields.length != 3 || fields[0].length() != 8) continue;
                int address = Integer.parseUnsignedInt(fields[0], 16);
                boolean there = kernel.symbols().named(fields[2]).stream()
                        .anyMatch(s -> s.address() == address && s.type() == fields[1].charAt(0));
                assertTrue(line, there);
                compared++;
            }
            assertTrue(compared > 10_000);
            assertTrue(kernel.banner().startsWith("Linux version " + kernel.release()));
            assertEquals(40, kernel.buildId().length());
        }
    }

    @Test
    public void theKernelSaysThatItRuns() throws Exception {
        for (Path file : images()) {
            Guest guest = new Guest(new FakeMachine(Files.readAllBytes(file)));
            Kernel kernel = guest.kernel().orElseThrow();
            assertTrue(kernel.systemState().isPresent());
            assertEquals("", guest.obstacle(kernel));
        }
    }

    @Test
    public void everyTaskIsFound() throws Exception {
        for (Path file : images()) {
            FakeMachine machine = new FakeMachine(Files.readAllBytes(file));
            Kernel kernel = new Guest(machine).kernel().orElseThrow();
            DirectMap memory = new DirectMap(machine.memory.bytes(), machine.memory.size(), kernel.pageOffset());
            int init = kernel.symbols().only("init_task").orElseThrow().address();
            IntPredicate text = address -> kernel.symbols().covering(address).isPresent();
            TaskLayout layout = TaskLayout.find(memory, init, text).orElseThrow();
            Stacks stacks = new Stacks(null, memory, layout, init, text, address -> true);
            Symbol schedule = kernel.symbols().only("schedule").orElseThrow();
            Ranges ranges = new Ranges(List.of(new Ranges.Range(schedule.address() + 1, schedule.address() + schedule.size() - 1)));
            List<Stacks.Blocker> all = stacks.inside(ranges, 0);
            System.out.println(file.getFileName() + ": " + layout + ", " + stacks.tasks() + " tasks, " + all.size() + " in schedule");
            for (Stacks.Blocker one : all)
                assertTrue(one.comm(), one.chain().stream().map(a -> kernel.symbols().covering(a).orElseThrow().name()).toList().contains("schedule"));
            assertTrue(all.size() > 20);
        }
    }

    /** {@code -Dlkpk.pristine=FOLDER}: objects compiled from the sources of the kernels in the images. */
    @Test
    public void functionsAreWhatTheirSourcesCompileTo() throws Exception {
        String folder = System.getProperty("lkpk.pristine", "");
        assumeTrue("no objects of a real kernel: -Dlkpk.pristine=FOLDER names some", !folder.isEmpty());
        FakeMachine machine = new FakeMachine(Files.readAllBytes(images().get(0)));
        Kernel kernel = new Guest(machine).kernel().orElseThrow();
        LinearMemory memory = new LinearMemory(machine, kernel.pageOffset());
        int same = 0, different = 0, agree = 0;
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".o")).toList()) {
                Pristine pristine = new Pristine(file.getFileName().toString(), Files.readAllBytes(file));
                for (Symbol symbol : kernel.symbols().all()) {
                    boolean gone = Integer.compareUnsigned(symbol.address(), kernel.symbols().only("_etext").orElseThrow().address()) >= 0;
                    if (gone || symbol.name().startsWith("__SCT__") || kernel.symbols().only(symbol.name()).isEmpty() || !pristine.defines(symbol.name())) continue;
                    Map<String, Integer> learned = new LinkedHashMap<>();
                    try {
                        pristine.match(symbol.name(), symbol.address(), memory.read(symbol.address(), symbol.size()), memory::read, site -> 0, learned);
                        same++;
                    } catch (PatchRefused refused) {
                        if (different++ < 20) System.out.println(refused.getMessage());
                    }
                    for (Map.Entry<String, Integer> one : learned.entrySet()) {
                        Symbol known = kernel.symbols().only(one.getKey()).orElse(null);
                        if (known == null) continue;
                        agree++;
                        assertEquals(symbol.name() + " -> " + one.getKey(), known.address(), (int) one.getValue());
                    }
                }
            }
        }
        System.out.println(same + " functions are what their sources compile to, " + different + " are not; " + agree + " symbols agree");
        assertTrue(same > 30 * different);
    }

    @Test
    public void aPatchIsAppliedAndTakenBackWithoutATrace() throws Exception {
        for (Path file : images()) {
            FakeMachine machine = new FakeMachine(Files.readAllBytes(file));
            Guest guest = new Guest(machine);
            Kernel kernel = guest.kernel().orElseThrow();
            Symbol function = kernel.symbols().only("cmdline_proc_show").orElseThrow();
            int at = kernel.physical(function.address());
            byte[] before = Arrays.copyOfRange(machine.memory.bytes(), at, at + 16);
            Patch patch = new Patch("cmdline", "0.1.0", List.of(new Patch.ObjectFile("cmdline.o", "6.1.*-686", Fixtures.cmdlineObject())),
                    List.of(new Patch.Function("cmdline_proc_show", 0, new byte[0])));
            Applied applied = Applied.linked(patch, guest, kernel);
            applied.look(List.of());
            assertEquals((byte) 0xE9, machine.memory.bytes()[at]);
            applied.revert(Duration.ofSeconds(1), Change.Between.SLEEP);
            assertArrayEquals(before, Arrays.copyOfRange(machine.memory.bytes(), at, at + 16));
        }
    }
}
