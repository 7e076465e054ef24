package org.lkpk.firmware;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;

public class LinuxFirmwareTest {
    private static final int PARAMS = 0x10000;
    private final Pc pc = new Pc(32);

    private void load(Boot boot) throws BootRefused {
        new LinuxFirmware().load(pc.machine, boot);
    }

    private String refusal(Boot boot) {
        return assertThrows(BootRefused.class, () -> load(boot)).getMessage();
    }

    @Test
    public void codeStandsAtOneMegabyte() throws Exception {
        Image image = new Image();
        load(image.boot());
        assertArrayEquals(Arrays.copyOfRange(image.bytes, Image.SETUP, Image.SETUP + Image.CODE),
                Arrays.copyOfRange(pc.ram, 0x100000, 0x100000 + Image.CODE));
        assertEquals(0x100000, pc.registers.get("eip").intValue());
        assertEquals(0x100000, pc.load(PARAMS + 0x214, 4));
    }

    @Test
    public void cpuEntersFlatProtectedModeWithInterruptsOff() throws Exception {
        load(new Image().boot());
        assertEquals(new Segment(0x10, 0, -1, 0xc09b), pc.segments.get("cs"));
        for (String name : List.of("ds", "es", "ss")) assertEquals(new Segment(0x18, 0, -1, 0xc093), pc.segments.get(name));
        assertEquals(0x11, pc.registers.get("cr0").intValue());
        assertEquals(0x02, pc.registers.get("eflags").intValue());
        assertEquals(PARAMS, pc.registers.get("esi").intValue());
        for (String name : List.of("ebp", "edi", "ebx")) assertEquals(0, pc.registers.get(name).intValue());
        int gdt = pc.registers.get("gdtr.base").intValue();
        assertEquals(0x00cf9b00, pc.load(gdt + 0x14, 4));
        assertEquals(0x00cf9300, pc.load(gdt + 0x1c, 4));
    }

    @Test
    public void bootParamsCarryTheKernelsHeader() throws Exception {
        load(new Image().boot());
        assertEquals(0x53726448, pc.load(PARAMS + 0x202, 4));
        assertEquals(0x900000, pc.load(PARAMS + 0x260, 4));
        assertEquals(0xff, pc.load(PARAMS + 0x210, 1));
        assertEquals("nothing behind the header", 0, pc.load(PARAMS + 0x26c, 4));
    }

    @Test
    public void memoryMapHasAHoleBelowOneMegabyte() throws Exception {
        load(new Image().boot());
        assertEquals(4, pc.load(PARAMS + 0x1e8, 1));
        int[][] map = {{0, 0x9fc00, 1}, {0x9fc00, 0x400, 2}, {0xf0000, 0x10000, 2}, {0x100000, 0x1f00000, 1}};
        for (int i = 0; i < map.length; i++) {
            int entry = PARAMS + 0x2d0 + 20 * i;
            assertArrayEquals(map[i], new int[] {pc.load(entry, 4), pc.load(entry + 8, 4), pc.load(entry + 16, 4)});
        }
        assertEquals(31 * 1024, pc.load(PARAMS + 0x1e0, 4));
        assertEquals(31 * 1024, pc.load(PARAMS + 0x02, 2));
    }

    @Test
    public void screenIsTextOf80By25() throws Exception {
        load(new Image().boot());
        assertEquals(3, pc.load(PARAMS + 0x06, 1));
        assertEquals(80, pc.load(PARAMS + 0x07, 1));
        assertEquals(25, pc.load(PARAMS + 0x0e, 1));
    }

    @Test
    public void commandLineEndsWithZero() throws Exception {
        Arrays.fill(pc.ram, 0x20000, 0x20100, (byte) 'x');
        load(new Image().boot(new byte[0], "console=ttyS0"));
        int line = pc.load(PARAMS + 0x228, 4);
        assertEquals("console=ttyS0\0", new String(pc.ram, line, 14, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    @Test
    public void initrdEndsUnderTheTopOfMemory() throws Exception {
        byte[] initrd = new byte[5000];
        Arrays.fill(initrd, (byte) 7);
        load(new Image().boot(initrd, ""));
        assertEquals((32 << 20) - 8192, pc.load(PARAMS + 0x218, 4));
        assertEquals(5000, pc.load(PARAMS + 0x21c, 4));
        assertEquals(7, pc.ram[(32 << 20) - 8192 + 4999]);
    }

    @Test
    public void initrdStaysBelowTheKernelsLimit() throws Exception {
        load(new Image().put(0x22c, 0x1bfffff).boot(new byte[4096], ""));
        assertEquals(0x1bff000, pc.load(PARAMS + 0x218, 4));
    }

    @Test
    public void biosDataNameMemoryAndUarts() throws Exception {
        pc.uarts.add(0x2e8);
        load(new Image().boot());
        assertEquals(0x3f8, pc.load(0x400, 2));
        assertEquals(0x2e8, pc.load(0x402, 2));
        assertEquals(0, pc.load(0x404, 2));
        assertEquals(639, pc.load(0x413, 2));
        assertEquals(0x9fc0, pc.load(0x40e, 2));
        assertEquals(2 << 9 | 0x22, pc.load(0x410, 2));
    }

    @Test
    public void cmosTellsMemoryWithAChecksum() throws Exception {
        load(new Image().boot());
        assertEquals(640, pc.cmos[0x16] << 8 | pc.cmos[0x15]);
        assertEquals(31 * 1024, pc.cmos[0x18] << 8 | pc.cmos[0x17]);
        assertEquals(31 * 1024, pc.cmos[0x31] << 8 | pc.cmos[0x30]);
        assertEquals(16 << 4, pc.cmos[0x35] << 8 | pc.cmos[0x34]);
        assertEquals(Arrays.stream(pc.cmos, 0x10, 0x2e).sum(), pc.cmos[0x2e] << 8 | pc.cmos[0x2f]);
    }

    @Test
    public void whatIsNoKernelIsRefused() {
        assertEquals("vmlinuz: not a Linux kernel (no HdrS at 0x202)", refusal(new Image().cut(0)));
        assertEquals("vmlinuz: not a Linux kernel (no HdrS at 0x202)", refusal(new Image().put(0x202, 0).boot()));
        assertEquals("vmlinuz: an ELF file, not a bzImage", refusal(new Image().put(0, 0x464c457f).boot()));
    }

    @Test
    public void everyTruncationIsRefused() {
        Image image = new Image();
        for (int length = 0; length < image.bytes.length; length += 61)
            assertTrue(refusal(image.cut(length)).startsWith("vmlinuz: "));
        assertEquals("vmlinuz: truncated: 5104 bytes of 5120", refusal(image.cut(5104)));
    }

    @Test
    public void theLastParagraphNeedNotBeFull() throws Exception {
        load(new Image().cut(Image.SETUP + Image.CODE - 15));
    }

    @Test
    public void trailingBytesAreASignature() throws Exception {
        load(new Image().cut(Image.SETUP + Image.CODE + 1472));
    }

    @Test
    public void payloadOutsideTheCodeIsRefused() {
        assertTrue(refusal(new Image().put(0x24c, 0x7fffffff).boot()).startsWith("vmlinuz: corrupt: payload"));
    }

    @Test
    public void oldProtocolAndZImageAreRefused() {
        assertEquals("vmlinuz: boot protocol 2.01 is too old, 2.02 is the oldest that is known",
                refusal(new Image().version(0x201).boot()));
        assertTrue(refusal(new Image().put(0x211, 0).boot()).contains("zImage"));
    }

    @Test
    public void tooLittleMemoryNamesWhatIsNeeded() {
        assertEquals("vmlinuz: needs 64 MB of memory, the machine has 32 MB",
                refusal(new Image().put(0x260, 0x3000000).boot()));
        assertEquals("vmlinuz: needs 36 MB of memory with its initrd of 11000000 bytes, the machine has 32 MB",
                refusal(new Image().boot(new byte[11_000_000], "")));
    }

    @Test
    public void initrdAboveTheKernelsLimitIsRefused() {
        assertEquals("vmlinuz: its initrd of 4097 bytes does not fit below 0x1901000",
                refusal(new Image().put(0x22c, 0x1900fff).boot(new byte[4097], "")));
    }

    @Test
    public void longCommandLineIsRefused() {
        assertEquals("vmlinuz: takes a command line of 2047 bytes, not of 2048",
                refusal(new Image().boot(new byte[0], "x".repeat(2048))));
    }

    @Test
    public void missingFeaturesAreNamedWithTheModel() {
        assertEquals("vmlinuz: needs CPU features that model pentium4 lacks: pae, 3dnow, avx2",
                refusal(new Image().features("\0\0fpu\0\0\6pae\0\0\10cx8\0\0\17cmov\0\1\0373dnow\0\3\1syn\0\11\5avx2\0\25\37").boot()));
    }

    @Test
    public void presentFeaturesAreEnough() throws Exception {
        load(new Image().features("\0\0fpu\0\0\10cx8\0\0\17cmov\0\25\37").boot());
    }

    @Test
    public void machineWithoutCpuIsRefused() {
        pc.cpus = List.of();
        assertEquals("vmlinuz: the machine has no CPU", refusal(new Image().boot()));
    }

    @Test
    public void damagedHeaderIsRefusedOrBooted() {
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < 5000; i++) {
            Image image = new Image().features("\0\0fpu\0\0\6pae\0\25\37");
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--)
                image.bytes[0x1f1 + random.nextInt(0x130)] = (byte) random.nextInt();
            try {
                load(image.boot(new byte[100], "x"));
            } catch (BootRefused refused) {
                assertTrue(refused.getMessage(), refused.getMessage().startsWith("vmlinuz: "));
            }
        }
    }

    @Test
    public void refusedKernelLeavesMemoryAlone() {
        refusal(new Image().boot("070701 cut".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), ""));
        assertArrayEquals(new byte[pc.ram.length], pc.ram);
    }
}
