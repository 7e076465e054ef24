package org.lkpk.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The page that tells a kernel what its loader knows (struct boot_params, the "zero page"), by the fields' own names. */
final class BootParams {
    private static final int EXT_MEM_K = 0x02;
    private static final int ORIG_VIDEO_MODE = 0x06;
    private static final int ORIG_VIDEO_COLS = 0x07;
    private static final int ORIG_VIDEO_LINES = 0x0e;
    private static final int ORIG_VIDEO_POINTS = 0x10;
    private static final int ALT_MEM_K = 0x1e0;
    private static final int E820_ENTRIES = 0x1e8;
    private static final int VID_MODE = 0x1fa;
    private static final int TYPE_OF_LOADER = 0x210;
    private static final int CODE32_START = 0x214;
    private static final int RAMDISK_IMAGE = 0x218;
    private static final int RAMDISK_SIZE = 0x21c;
    private static final int CMD_LINE_PTR = 0x228;
    private static final int E820_TABLE = 0x2d0;
    private static final int E820_ENTRY = 20;
    private static final int VID_MODE_NORMAL = 0xffff;
    private static final int LOADER_UNDEFINED = 0xff;
    private static final int RAM = 1;
    private static final int RESERVED = 2;

    private final ByteBuffer page = ByteBuffer.allocate(0x1000).order(ByteOrder.LITTLE_ENDIAN);

    /** @param header the kernel's own, from {@link KernelFile#SETUP_HEADER} on */
    BootParams(byte[] header) {
        page.put(KernelFile.SETUP_HEADER, header);
        page.putShort(VID_MODE, (short) VID_MODE_NORMAL);
        page.put(TYPE_OF_LOADER, (byte) LOADER_UNDEFINED);
        textMode();
    }

    private void textMode() {
        page.put(ORIG_VIDEO_MODE, (byte) BiosData.VIDEO_MODE);
        page.put(ORIG_VIDEO_COLS, (byte) BiosData.COLUMNS);
        page.put(ORIG_VIDEO_LINES, (byte) BiosData.LINES);
        page.putShort(ORIG_VIDEO_POINTS, (short) BiosData.POINTS);
    }

    void memory(int size) {
        int extended = (size - 0x100000) / 1024;
        page.putShort(EXT_MEM_K, (short) Math.min(extended, 0xffff));
        page.putInt(ALT_MEM_K, extended);
        range(0, BiosData.EXTENDED_AREA, RAM);
        range(BiosData.EXTENDED_AREA, 0xa0000 - BiosData.EXTENDED_AREA, RESERVED);
        range(0xf0000, 0x10000, RESERVED);
        range(0x100000, size - 0x100000, RAM);
    }

    private void range(long address, long size, int type) {
        int count = page.get(E820_ENTRIES);
        int at = E820_TABLE + E820_ENTRY * count;
        page.putLong(at, address).putLong(at + 8, size).putInt(at + 16, type);
        page.put(E820_ENTRIES, (byte) (count + 1));
    }

    void code(int address) {
        page.putInt(CODE32_START, address);
    }

    void initrd(int address, int size) {
        page.putInt(RAMDISK_IMAGE, address);
        page.putInt(RAMDISK_SIZE, size);
    }

    void commandLine(int address) {
        page.putInt(CMD_LINE_PTR, address);
    }

    byte[] bytes() {
        return page.array();
    }
}
