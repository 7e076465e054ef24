package org.lkpk.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lkpk.api.cpu.Board;

/** The BIOS data area at 0x400 and the extended one below 640 KB, as a power-on self-test leaves them. */
final class BiosData {
    static final int VIDEO_MODE = 3;
    static final int COLUMNS = 80;
    static final int LINES = 25;
    static final int POINTS = 16;
    /** The 1 KB below 640 KB is the BIOS's own. */
    static final int EXTENDED_AREA = 0x9fc00;
    static final int EQUIPMENT_FPU = 0x0002;
    static final int EQUIPMENT_COLOUR_80 = 0x0020;
    private static final int BASE = 0x400;
    private static final int[] SERIAL = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
    private static final int IIR = 2;
    private static final int IIR_ALWAYS_ZERO = 0x30;

    private final Board board;
    private final ByteBuffer area = ByteBuffer.allocate(0x100).order(ByteOrder.LITTLE_ENDIAN);
    private int ports;

    BiosData(Board board) {
        this.board = board;
        serialPorts();
        area.putShort(0x0e, (short) (EXTENDED_AREA >> 4));
        area.putShort(0x10, (short) equipment());
        area.putShort(0x13, (short) (EXTENDED_AREA / 1024));
        area.putShort(0x1a, (short) 0x1e).putShort(0x1c, (short) 0x1e); // keyboard buffer: empty
        area.putShort(0x80, (short) 0x1e).putShort(0x82, (short) 0x3e);
        area.put(0x49, (byte) VIDEO_MODE).putShort(0x4a, (short) COLUMNS).putShort(0x4c, (short) 0x1000);
        area.putShort(0x63, (short) 0x3d4).put(0x84, (byte) (LINES - 1)).putShort(0x85, (short) POINTS);
    }

    /** Lists the ports where a UART answers; the list has no gaps, as the BIOS's has none. */
    private void serialPorts() {
        for (int port : SERIAL) {
            if ((board.in(port + IIR, 1) & IIR_ALWAYS_ZERO) != 0) continue;
            area.putShort(2 * ports++, (short) port);
        }
    }

    int equipment() {
        return EQUIPMENT_FPU | EQUIPMENT_COLOUR_80 | ports << 9;
    }

    void write() {
        board.memory().write(BASE, area.array(), 0, area.capacity());
        board.memory().write(EXTENDED_AREA, new byte[] {1}, 0, 1); // its size in KB
    }
}
