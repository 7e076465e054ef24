package org.lkpk.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lkpk.api.machine.BootRefused;

/**
 * A bzImage: boot sector and real-mode setup code, then the protected-mode code ("The Linux/x86 Boot Protocol",
 * Documentation/arch/x86/boot.rst). Fields have the names of that document.
 */
final class KernelFile {
    /** Its first field is setup_sects, the number of sectors of setup code. */
    static final int SETUP_HEADER = 0x1f1;
    private static final int SYSSIZE = 0x1f4;
    private static final int BOOT_FLAG = 0x1fe;
    private static final int JUMP = 0x200;
    private static final int HEADER = 0x202;
    private static final int VERSION = 0x206;
    private static final int LOADFLAGS = 0x211;
    private static final int LOADED_HIGH = 0x01;
    private static final int INITRD_ADDR_MAX = 0x22c;
    private static final int KERNEL_ALIGNMENT = 0x230;
    private static final int RELOCATABLE_KERNEL = 0x234;
    private static final int CMDLINE_SIZE = 0x238;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;
    private static final int PREF_ADDRESS = 0x258;
    private static final int INIT_SIZE = 0x260;
    private static final int MAGIC_HDRS = 0x53726448;
    private static final int MAGIC_ELF = 0x464c457f;
    private static final int SECTOR = 512;
    /** The code's size is given in these; memtest86+ does not fill its last one. */
    private static final int PARAGRAPH = 16;
    private static final int OLDEST = 0x202;

    private final String title;
    private final ByteBuffer file;
    private final int version;
    private final int setup;
    private final long code;

    KernelFile(String title, byte[] bytes) throws BootRefused {
        this.title = title;
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        checkMagic();
        version = word(VERSION);
        if (version < OLDEST)
            throw refused("boot protocol %s is too old, %s is the oldest that is known", protocol(version), protocol(OLDEST));
        int sectors = file.get(SETUP_HEADER) & 0xff;
        setup = ((sectors == 0 ? 4 : sectors) + 1) * SECTOR;
        code = PARAGRAPH * (version < 0x204 ? word(SYSSIZE) : number(SYSSIZE));
        checkLength();
        if ((file.get(LOADFLAGS) & LOADED_HIGH) == 0) throw refused("a zImage, which loads below 640 KB; give a bzImage");
    }

    private void checkMagic() throws BootRefused {
        if (file.limit() >= 4 && file.getInt(0) == MAGIC_ELF) throw refused("an ELF file, not a bzImage");
        if (file.limit() < VERSION + 2 || word(BOOT_FLAG) != 0xaa55 || file.getInt(HEADER) != MAGIC_HDRS)
            throw refused("not a Linux kernel (no HdrS at 0x202)");
    }

    private void checkLength() throws BootRefused {
        if (file.limit() < setup) throw refused("truncated: %d bytes of at least %d", file.limit(), setup);
        if (file.limit() + PARAGRAPH <= setup + code) throw refused("truncated: %d bytes of %d", file.limit(), setup + code);
        if (version >= 0x208 && number(PAYLOAD_OFFSET) + number(PAYLOAD_LENGTH) > code)
            throw refused("corrupt: payload at 0x%x of 0x%x bytes in 0x%x bytes of code", number(PAYLOAD_OFFSET),
                    number(PAYLOAD_LENGTH), code);
    }

    String title() {
        return title;
    }

    /** The setup header as it belongs into boot_params, from {@link #SETUP_HEADER} on. */
    byte[] header() {
        int end = Math.min(HEADER + (file.get(JUMP + 1) & 0xff), setup);
        return part(SETUP_HEADER, end - SETUP_HEADER);
    }

    /** The real-mode code, boot sector included. */
    byte[] setup() {
        return part(0, setup);
    }

    /** The protected-mode code. */
    byte[] code() {
        return part(setup, (int) Math.min(code, file.limit() - setup));
    }

    /** The first address behind all that the kernel needs to unpack itself, when it was loaded at {@code start}. */
    long end(int start) {
        long end = start + code;
        if (version < 0x20a) return end;
        long preferred = Math.min(file.getLong(PREF_ADDRESS) & Long.MAX_VALUE, 1L << 40); // more than any machine has
        long alignment = Math.max(1, number(KERNEL_ALIGNMENT));
        boolean relocatable = file.get(RELOCATABLE_KERNEL) != 0;
        // A relocatable kernel also runs above its preferred address, where its alignment leads it; never below.
        long base = relocatable ? Math.max((start + alignment - 1) / alignment * alignment, preferred) : preferred;
        return Math.max(end, base + number(INIT_SIZE));
    }

    /** The highest address that the last byte of an initrd may have. */
    long initrdLimit() {
        return version < 0x203 ? 0x37ffffff : number(INITRD_ADDR_MAX);
    }

    /** How many bytes of command line it takes, the closing zero not counted. */
    long commandLineSize() {
        return version < 0x206 ? 255 : number(CMDLINE_SIZE);
    }

    BootRefused refused(String reason, Object... values) {
        return new BootRefused(title + ": " + String.format(reason, values));
    }

    private static String protocol(int version) {
        return String.format("%d.%02d", version >> 8, version & 0xff);
    }

    private byte[] part(int from, int length) {
        byte[] part = new byte[length];
        file.get(from, part);
        return part;
    }

    private int word(int offset) {
        return file.getShort(offset) & 0xffff;
    }

    private long number(int offset) {
        return file.getInt(offset) & 0xffffffffL;
    }
}
