package org.lkpk.conformance;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.X86Cpu;
import org.tukaani.xz.XZInputStream;

/** Runs test386.asm, if the property {@code lkpk.test386} says where its ROM is. */
public class Test386Test {
    private static final String REFERENCE = "test386-EE-reference.txt.xz";
    private static final int PASSED = 0xFF;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    private RomMachine machine() throws IOException {
        String rom = System.getProperty("lkpk.test386", "");
        assumeTrue("lkpk.test386 names no ROM: test386.asm is not run", Files.isRegularFile(Path.of(rom)));
        return new RomMachine(new X86Cpu("0.1.0"), Engine.TRANSLATOR, Profile.I386, Files.readAllBytes(Path.of(rom)), text, RomMachine.TEXT_PORT);
    }

    @Test
    public void allTestsPass() throws IOException {
        RomMachine machine = machine();
        int last = machine.run();
        assertEquals(machine.place(), PASSED, last);
    }

    @Test
    public void theResultsAreThoseOfTheReference() throws IOException {
        Path reference = Suites.folder().resolve(REFERENCE);
        assumeTrue(reference + " is not there: the results of test386.asm are not compared", Files.isRegularFile(reference));
        machine().run();
        try (InputStream in = new XZInputStream(Files.newInputStream(reference))) {
            assertArrayEquals(lines(in.readAllBytes()), lines(text.toByteArray()));
        }
    }

    @Test
    public void withoutARomTheCommandSaysWhatItWants() throws IOException {
        assertEquals(Test386.MISUSE, (int) new Test386(new X86Cpu("0.1.0"), List.of(""), text).call());
    }

    @Test
    public void aRomThatHaltsBeforeItsEndHasFailed() throws IOException {
        byte[] rom = new byte[0x1000];
        rom[0xFF0] = (byte) 0xF4; // HLT where RESET leads
        Path file = folder.newFile().toPath();
        Files.write(file, rom);
        assertEquals(Test386.FAILED, (int) new Test386(new X86Cpu("0.1.0"), List.of(file.toString()), text).call());
    }

    private static String[] lines(byte[] text) {
        return new String(text, StandardCharsets.US_ASCII).replace("\r", "").split("\n");
    }
}
