package org.lkpk.firmware;

import org.lkpk.api.cpu.Board;

/** Sets the board's chips up as a BIOS leaves them when it starts a loader. */
final class Chips {
    private final Board board;

    Chips(Board board) {
        this.board = board;
    }

    void set(int memory, int equipment) {
        board.out(0x92, 1, 0x02); // A20 on
        interruptControllers();
        timer();
        cmos(memory, equipment);
    }

    private void interruptControllers() {
        controller(0x20, 0x08, 0x04, 0xb8);
        controller(0xa0, 0x70, 0x02, 0x8f);
    }

    private void controller(int port, int vector, int cascade, int mask) {
        board.out(port, 1, 0x11);
        board.out(port + 1, 1, vector);
        board.out(port + 1, 1, cascade);
        board.out(port + 1, 1, 0x01);
        board.out(port + 1, 1, mask);
    }

    private void timer() {
        // Linux's KASLR waits for counter 0 to have a count when there is neither RDRAND nor RDTSC.
        board.out(0x43, 1, 0x36);
        board.out(0x40, 1, 0);
        board.out(0x40, 1, 0);
        board.out(0x43, 1, 0x54);
        board.out(0x41, 1, 0x12);
    }

    private void cmos(int memory, int equipment) {
        int[] ram = new int[0x2e];
        int extended = Math.min(memory / 1024 - 1024, 0xffff);
        ram[0x14] = equipment & 0xff;
        ram[0x15] = 640 & 0xff;
        ram[0x16] = 640 >> 8;
        ram[0x17] = extended & 0xff;
        ram[0x18] = extended >> 8;
        int sum = 0;
        for (int at = 0x10; at < ram.length; at++) {
            store(at, ram[at]);
            sum += ram[at];
        }
        store(0x2e, sum >> 8);
        store(0x2f, sum);
        store(0x30, extended);
        store(0x31, extended >> 8);
        int blocks = (memory - 0x1000000) >> 16; // of 64 KB above 16 MB
        store(0x34, blocks);
        store(0x35, blocks >> 8);
    }

    private void store(int register, int value) {
        board.out(0x70, 1, register);
        board.out(0x71, 1, value & 0xff);
    }
}
