package org.lkpk.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A disk for the ROM of {@code bochs.S}: a list of what goes where, then boot parameters with the command line behind them
 * (Documentation/arch/x86/boot.rst), the kernel's protected-mode part and the initrd.
 */
record BootDisk(byte[] kernel, byte[] initrd, String append) {
    static final int HEADS = 16, SECTORS = 63;
    private static final int SECTOR = 512, CYLINDER = HEADS * SECTORS * SECTOR;
    private static final int PARAMETERS = 0x90000, LINE = 0x91000, KERNEL = 0x100000, INITRD = 0x8000000;
    private static final int SETUP_SECTS = 0x1F1, HEADER_LENGTH = 0x201, HEADER = 0x202;
    private static final int VID_MODE = 0x1FA, TYPE_OF_LOADER = 0x210, CODE32_START = 0x214, RAMDISK_IMAGE = 0x218, RAMDISK_SIZE = 0x21C,
            CMD_LINE_PTR = 0x228, E820_ENTRIES = 0x1E8, E820_TABLE = 0x2D0;
    private static final int RAM = 1, RESERVED = 2;

    byte[] bytes() {
        ByteBuffer disk = ByteBuffer.allocate(cylinders() * CYLINDER).order(ByteOrder.LITTLE_ENDIAN);
        byte[] code = code(), parameters = parameters();
        disk.putInt(PARAMETERS).putInt(sectors(parameters)).putInt(KERNEL).putInt(sectors(code)).putInt(INITRD).putInt(sectors(initrd));
        int at = SECTOR;
        for (byte[] part : new byte[][] {parameters, code, initrd}) {
            disk.put(at, part);
            at += sectors(part) * SECTOR;
        }
        return disk.array();
    }

    int cylinders() {
        return (SECTOR * (1 + sectors(parameters()) + sectors(code()) + sectors(initrd)) + CYLINDER - 1) / CYLINDER;
    }

    private static int sectors(byte[] part) {
        return (part.length + SECTOR - 1) / SECTOR;
    }

    private byte[] code() {
        return Arrays.copyOfRange(kernel, ((kernel[SETUP_SECTS] & 0xFF) + 1) * SECTOR, kernel.length);
    }

    private byte[] parameters() {
        byte[] line = append.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer page = ByteBuffer.allocate(LINE - PARAMETERS + line.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        page.put(SETUP_SECTS, kernel, SETUP_SECTS, HEADER + (kernel[HEADER_LENGTH] & 0xFF) - SETUP_SECTS);
        page.putShort(VID_MODE, (short) 0xFFFF).put(TYPE_OF_LOADER, (byte) 0xFF);
        page.putInt(CODE32_START, KERNEL).putInt(RAMDISK_IMAGE, INITRD).putInt(RAMDISK_SIZE, initrd.length).putInt(CMD_LINE_PTR, LINE);
        range(page, 0, 0x9FC00, RAM);
        range(page, 0x9FC00, 0x400, RESERVED);
        range(page, 0xF0000, 0x10000, RESERVED);
        range(page, 0x100000, (Pc.MEGABYTES - 1) << 20, RAM);
        page.put(LINE - PARAMETERS, line);
        return page.array();
    }

    private static void range(ByteBuffer page, long address, long size, int type) {
        int count = page.get(E820_ENTRIES), at = E820_TABLE + 20 * count;
        page.putLong(at, address).putLong(at + 8, size).putInt(at + 16, type).put(E820_ENTRIES, (byte) (count + 1));
    }
}
