package org.lkpk.patcher.elf;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Before;
import org.junit.Test;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.kernel.Symbols;

public class LinkerTest {
    private static final int BASE = 0xC00D0000;
    private static final int OLD = 0xC1000100;
    private static final Map<String, Linker.Old> REPLACED = Map.of("cmdline_proc_show", new Linker.Old(OLD, new byte[0]));
    /** The first relocation of .text, of type R_386_32. */
    private static final int FIRST_RELOCATION = 0x104;

    private byte[] object;

    @Before
    public void readObject() throws Exception {
        object = Files.readAllBytes(Path.of("..", "bundles", "patches", "cmdline", "src", "main", "resources", "cmdline.o"));
    }

    private static LinkedText linked(byte[] elf, Symbol... kernel) throws PatchRefused {
        Patch.ObjectFile file = new Patch.ObjectFile("cmdline.o", "*", elf);
        Patch patch = new Patch("cmdline", "1", List.of(file), List.of(new Patch.Function("cmdline_proc_show", 0, new byte[0])));
        return new Linker(patch, file, patch.replaced()).linked(BASE, new KernelNames(Symbols.of(List.of(kernel)), Map.of(), List.of(), (linear, count) -> new byte[count]), REPLACED);
    }

    private static Symbol seqPuts(int address) {
        return new Symbol("seq_puts", address, 0, 'T');
    }

    private void refused(String reason, Symbol... kernel) {
        PatchRefused refused = assertThrows(PatchRefused.class, () -> linked(object, kernel));
        assertTrue(refused.getMessage(), refused.getMessage().contains(reason));
    }

    @Test
    public void aCounterStandsBeforeTheFunction() throws Exception {
        LinkedText text = linked(object, seqPuts(OLD));
        int stub = text.entries().get("cmdline_proc_show") - BASE;
        ByteBuffer bytes = ByteBuffer.wrap(text.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals((short) 0x05FF, bytes.getShort(stub));
        assertEquals((int) text.counters().get("cmdline_proc_show"), bytes.getInt(stub + 2));
        assertEquals((byte) 0xE9, bytes.get(stub + 6));
        assertEquals(0, stub + 11 + bytes.getInt(stub + 7));
    }

    @Test
    public void codeAndDataShareNoGranule() throws Exception {
        LinkedText text = linked(object, seqPuts(OLD));
        assertTrue((text.codeEnd() - 1 - BASE) / Memory.GRANULE < (text.counters().get("cmdline_proc_show") - BASE) / Memory.GRANULE);
    }

    @Test
    public void debuggingSitesStandInAListAndTheirLabelsHaveKeysInThem() throws Exception {
        byte[] elf = Files.readAllBytes(Path.of("..", "bundles", "itest", "src", "test", "patches", "debug-site", "patch.o"));
        Patch.ObjectFile file = new Patch.ObjectFile("patch.o", "*", elf);
        Patch patch = new Patch("debug", "1", List.of(file), List.of(new Patch.Function("version_proc_show", 0, new byte[0])));
        Linker linker = new Linker(patch, file, patch.replaced());
        assertEquals(1, linker.sites());
        LinkedText text = linker.linked(BASE, new KernelNames(Symbols.of(List.of(new Symbol("__dynamic_pr_debug", OLD, 0, 'T'))), Map.of(), List.of(),
                (linear, count) -> new byte[count]), Map.of("version_proc_show", new Linker.Old(OLD, new byte[0])));
        assertEquals(1, text.sites().count());
        assertEquals(text.sites().address() + 20, text.jumps().get(0).key());
        ByteBuffer bytes = ByteBuffer.wrap(text.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int name = bytes.getInt(text.sites().address() + 4 - BASE) - BASE;
        assertEquals("version_proc_show", new String(text.bytes(), name, "version_proc_show".length(), StandardCharsets.US_ASCII));
        assertEquals(0, linked(object, seqPuts(OLD)).sites().count());
    }

    @Test
    public void anUnknownSymbolIsRefusedByName() {
        refused("cmdline.o: seq_puts: no such symbol in the running kernel");
    }

    @Test
    public void anAmbiguousSymbolIsRefusedByName() {
        refused("seq_puts: 2 symbols of that name", seqPuts(OLD), seqPuts(OLD + 0x100));
    }

    @Test
    public void anotherRelocationTypeIsRefusedByName() {
        object[FIRST_RELOCATION + 4] = 9;
        refused("relocation R_386_GOTOFF is not one of", seqPuts(OLD));
    }

    @Test
    public void anObjectForAnotherMachineIsRefused() {
        object[18] = 62;
        refused("not an ELF32 i386 relocatable object");
    }

    @Test
    public void aTruncatedObjectIsRefusedAtEveryLength() {
        for (int length = 0; length < object.length; length++) {
            byte[] part = Arrays.copyOf(object, length);
            assertThrows("at " + length, PatchRefused.class, () -> linked(part, seqPuts(OLD)));
        }
    }

    @Test
    public void hostileObjectsEndInARefusalOrALink() {
        for (int seed = 1; seed <= 8; seed++) {
            Random random = new Random(seed);
            for (int round = 0; round < 4000; round++) {
                byte[] bad = object.clone();
                for (int i = 1 + random.nextInt(6); i > 0; i--) bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                try {
                    linked(bad, seqPuts(OLD));
                } catch (PatchRefused refused) {
                    assertTrue(refused.getMessage(), refused.getMessage().startsWith("cmdline.o: "));
                }
            }
        }
    }
}
