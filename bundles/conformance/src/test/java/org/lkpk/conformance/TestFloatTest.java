package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Test;
import org.lkpk.api.cpu.Engine;
import org.lkpk.cpu.X86Cpu;

public class TestFloatTest {
    @Test
    public void everyVectorHasItsResultAndItsFlags() throws IOException {
        Path folder = Suites.folder().resolve("testfloat");
        assumeTrue("no TestFloat vectors in " + folder + " (-Dlkpk.suites=…): skipped", Files.isDirectory(folder));
        TestFloat testFloat = new TestFloat(new X86Cpu("0.1.0"), Engine.TRANSLATOR);
        for (String operation : TestFloat.operations())
            assertTrue(folder + " has no " + operation, testFloat.run(folder, operation) > 0);
        assertEquals(testFloat.differences().toString(), 0, testFloat.differences().count());
    }
}
