package org.lkpk.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The page that tells a kernel what its loader knows (struct boot_params, the "zero page"). */
final class BootParams {
    private static final int TYPE_OF_LOADER = 0x210;
    private static final int LOADER_UNDEFINED = 0xff;
    private static final int RAM = 1;
    private static final int RESERVED = 2;

    private final ByteBuffer page = ByteBuffer.allocate(0x1000).order(ByteOrder.LITTLE_ENDIAN);

    /** @param header the kernel's own, from {@link KernelFile#SETUP_HEADER} on */
    BootParams(byte[] header) {
        page.put(KernelFile.SETUP_HEADER, header);
        page.putShort(0x1fa, (short) 0xffff); // vid_mode: normal
        page.put(TYPE_OF_LOADER, (byte) LOADER_UNDEFINED);
        textMode();
    }

    private void textMode() {
        page.put(0x06, (byte) BiosData.VIDEO_MODE);
        page.put(0x07, (byte) BiosData.COLUMNS);
        page.put(0x0e, (byte) BiosData.LINES);
        page.putShort(0x10, (short) BiosData.POINTS);
    }

    void memory(int size) {
        int extended = (size - 0x100000) / 1024;
        page.putShort(0x02, (short) Math.min(extended, 0xffff)); // ext_mem_k
        page.putInt(0x1e0, extended); // alt_mem_k
        range(0, BiosData.EXTENDED_AREA, RAM);
        range(BiosData.EXTENDED_AREA, 0xa0000 - BiosData.EXTENDED_AREA, RESERVED);
        range(0xf0000, 0x10000, RESERVED);
        range(0x100000, size - 0x100000, RAM);
    }

    private void range(long address, long size, int type) {
        int count = page.get(0x1e8);
        int at = 0x2d0 + 20 * count;
        page.putLong(at, address).putLong(at + 8, size).putInt(at + 16, type);
        page.put(0x1e8, (byte) (count + 1));
    }

    void code(int address) {
        page.putInt(0x214, address);
    }

    void initrd(int address, int size) {
        page.putInt(0x218, address);
        page.putInt(0x21c, size);
    }

    void commandLine(int address) {
        page.putInt(0x228, address);
    }

    byte[] bytes() {
        return page.array();
    }
}
