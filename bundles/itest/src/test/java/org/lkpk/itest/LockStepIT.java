package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.machine.Specification;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** Interpreter and translator take the same guest through the same states, told by digests of registers and RAM. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LockStepIT {
    private static final List<String> REGISTERS = List.of("eip", "eflags", "eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp",
            "cr0", "cr2", "cr3", "cr4", "cs", "ss", "ds", "es", "fs", "gs");

    /** All of a boot is translated, most of it to be run once. */
    private static final Duration PATIENCE = Duration.ofMinutes(40);

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Test
    public void tinyBootsTheSameByBothEngines() throws Exception {
        assertEquals(0, differing(false, 1_000));
    }

    /** The default boot, which takes minutes: with {@code -Dlkpk.lockstep=debian} only. */
    @Test
    public void debianBootsTheSameByBothEngines() throws Exception {
        assumeTrue(System.getProperty("lkpk.lockstep", "").equals("debian"));
        assertEquals(0, differing(true, 10_000_000));
    }

    /** With all code translated, since little of a short boot becomes hot: how many digests were taken up to the first that differs; 0 if none does. */
    private int differing(boolean debian, long interval) throws Exception {
        List<String> one = digests(debian, interval, Engine.INTERPRETER), other = digests(debian, interval, Engine.TRANSLATOR_ALL);
        int common = Math.min(one.size(), other.size());
        assertTrue(one.size() + " digests and " + other.size(), common > 5);
        for (int n = 0; n < common; n++) if (!one.get(n).equals(other.get(n))) return n + 1;
        return 0;
    }

    private List<String> digests(boolean debian, long interval, Engine engine) throws Exception {
        Specification wanted = Specification.named(engine.title()).withMemory((debian ? 64L : 16L) << 20).withEngine(engine).withSeed(1);
        List<String> digests = new ArrayList<>();
        try (RunningGuest guest = debian ? RunningGuest.wholeDebian(context, wanted) : RunningGuest.tiny(context, wanted)) {
            guest.atRest(() -> {
                Cpu cpu = guest.machine.cpus().get(0);
                return cpu.sample(interval, () -> digests.add(digest(cpu, guest.machine.memory().bytes())));
            });
            guest.boot(PATIENCE);
            return guest.atRest(() -> List.copyOf(digests));
        }
    }

    private static String digest(Cpu cpu, byte[] ram) {
        CRC32C sum = new CRC32C();
        sum.update(ram);
        StringBuilder text = new StringBuilder().append(cpu.instructions()).append(' ').append(sum.getValue());
        for (String register : REGISTERS) text.append(' ').append(register).append(' ').append(Long.toHexString(cpu.register(register)));
        return text.toString();
    }
}
