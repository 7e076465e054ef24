package org.lkpk.conformance.privileged;

/** Offsets, from {@link Layout#START} on, of what a case says to begin with. */
final class Start {
    static final int GDTR = 0, IDTR = 8, CR4 = 0x10, CR3 = 0x14, CR0 = 0x18, LDTR = 0x1C, TR = 0x20, DR0 = 0x24, DR6 = 0x34, DR7 = 0x38,
            ES = 0x3C, FS = 0x40, GS = 0x44, DS = 0x48, EAX = 0x4C, ECX = 0x50, EDX = 0x54, EBX = 0x58, EBP = 0x5C, ESI = 0x60, EDI = 0x64,
            /** The stack on which the frame for IRET is made. */
            ESP = 0x68, SS = 0x6C,
            /** Ored to EFLAGS when a handler returns. */
            RESUME = 0x70,
            /** Offset of what ends the case. */
            END = 0x74, NUMBER = 0x78,
            /** How many dwords the frame has, and they, in the order in which they are pushed. */
            FRAME = 0x7C, SIZE = 0xA4;

    private Start() { }

    static int at(int offset) {
        return Layout.START + offset;
    }
}
