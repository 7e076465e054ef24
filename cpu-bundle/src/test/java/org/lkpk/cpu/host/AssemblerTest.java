package org.lkpk.cpu.host;

import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.host.Assembler.*;

import java.util.function.Consumer;
import org.junit.Test;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Label;

/** Bytes are those of SDM vol. 2: 2.1.5 and 2.2.1 for operands, chapters 3 to 5 for opcodes. */
public class AssemblerTest {
    private static final int[] DISTANCES = {0, 1, -1, 127, -128, 128, -129, 0x12345678, 0x80000000};

    @Test
    public void memoryIsAddressedAsWasAsked() {
        for (int base = NONE; base <= R15; base++)
            for (int index = NONE; index <= R15; index++)
                for (int scale = 0; scale < 4 && index != RSP; scale++)
                    for (int distance : DISTANCES) {
                        Address asked = new Address(base, index, index == NONE ? 0 : scale, distance);
                        for (int reg : new int[] {RAX, RSP, RDI, R8, R13}) assertEquals(reg + " " + asked, Read.of(code(a -> a.op(32, LOAD, reg, asked))));
                    }
    }

    /** Reads an opcode of one byte and its operands back, by the tables of 2.1.5 and 2.2.1.2. */
    private static final class Read {
        private final byte[] code;
        private int at;

        private Read(byte[] code) {
            this.code = code;
        }

        static String of(byte[] code) {
            return new Read(code).read();
        }

        private String read() {
            int rex = (code[0] & 0xF0) == 0x40 ? code[at++] : 0;
            at++;
            int modRm = code[at++] & 0xFF, mod = modRm >> 6, reg = modRm >> 3 & 7 | (rex & 4) << 1, base = modRm & 7, index = NONE, scale = 0;
            assertEquals("no RIP", false, mod == 0 && base == 5);
            if (base == 4) {
                int sib = code[at++] & 0xFF;
                base = sib & 7;
                scale = sib >> 6;
                index = sib >> 3 & 7 | (rex & 2) << 2;
                if (index == 4) index = NONE;
            }
            boolean none = mod == 0 && base == 5;
            int bytes = mod == 1 ? 1 : mod == 2 || none ? 4 : 0, distance = bytes == 1 ? code[at] : 0;
            for (int n = 0; n < 4 && bytes == 4; n++) distance |= (code[at + n] & 0xFF) << 8 * n;
            assertEquals("all is read", code.length, at + bytes);
            assertEquals("short", none || distance != (byte) distance, bytes == 4);
            return reg + " " + new Address(none ? NONE : base | (rex & 1) << 3, index, scale, distance);
        }
    }

    private static byte[] code(Consumer<Assembler> what) {
        Assembler a = new Assembler();
        what.accept(a);
        return a.code();
    }

    private static void is(String bytes, Consumer<Assembler> what) {
        StringBuilder is = new StringBuilder();
        for (byte b : code(what)) is.append(String.format("%02X ", b));
        assertEquals(bytes, is.toString().trim());
    }

    @Test
    public void operandsAreOfTheirSizes() {
        is("88 E3", a -> a.op(8, STORE, 4, RBX)); // mov bl,ah
        is("8A 20", a -> a.op(8, LOAD, 4, new Address(RAX, 0))); // mov ah,[rax]
        is("47 8A 54 0E 10", a -> a.op(8, LOAD, R10, new Address(R14, R9, 0, 16))); // mov r10b,[r14+r9+16]
        is("66 41 89 C0", a -> a.op(16, STORE, RAX, R8)); // mov r8w,ax
        is("44 89 C1", a -> a.op(32, STORE, R8, RCX)); // mov ecx,r8d
        is("49 89 F5", a -> a.op(64, STORE, RSI, R13)); // mov r13,rsi
        is("4C 3B 5C 24 40", a -> a.op(64, opcode(CMP) + 2, R11, new Address(RSP, 64))); // cmp r11,[rsp+64]
        is("66 45 0F BE D3", a -> a.op(16, 0x0FBE, R10, R11)); // movsx r10w,r11b
        is("41 0F 92 C3", a -> a.op(32, 0x0F90 | B, 0, R11)); // setb r11b
        is("43 0F C7 4C 0E 10", a -> a.op(32, 0x0FC7, 1, new Address(R14, R9, 0, 16))); // cmpxchg8b [r14+r9+16]
    }

    @Test
    public void constantsAreAsShortAsCanBe() {
        is("80 FC 80", a -> a.constant(8, CMP, 4, 0x80)); // cmp ah,80
        is("83 C0 FF", a -> a.constant(32, ADD, RAX, -1));
        is("81 C0 80 00 00 00", a -> a.constant(32, ADD, RAX, 0x80));
        is("66 41 83 E0 7F", a -> a.constant(16, AND, R8, 0x7F));
        is("66 41 81 E0 FF 00", a -> a.constant(16, AND, R8, 0xFF));
        is("48 83 EC 48", a -> a.constant(64, SUB, RSP, 72));
        is("80 3C 24 05", a -> a.constant(8, CMP, new Address(RSP, 0), 5));
        is("49 81 45 00 00 10 00 00", a -> a.constant(64, ADD, new Address(R13, 0), 0x1000)); // add qword [r13],1000
        is("C6 04 24 03", a -> a.followed(8, 0xC7, 0, new Address(RSP, 0), 8, 3)); // mov byte [rsp],3
        is("66 C7 C0 34 12", a -> a.followed(16, 0xC7, 0, RAX, 16, 0x1234));
        is("41 F6 C1 03", a -> a.followed(8, 0xF7, 0, R9, 8, 3)); // test r9b,3
        is("45 69 D1 B1 79 37 9E", a -> a.followed(32, 0x69, R10, R9, 32, 0x9E3779B1)); // imul r10d,r9d,9E3779B1
        is("41 B9 FF FF FF FF", a -> a.move(R9, -1));
        is("49 BB F0 DE BC 9A 78 56 34 12", a -> a.move(R11, 0x123456789ABCDEF0L));
    }

    @Test
    public void theStackHasRegistersOf64Bits() {
        is("41 54 5D", a -> {
            a.push(R12);
            a.pop(RBP);
        });
    }

    @Test
    public void jumpsLeadToTheirLabels() {
        Label back = new Label(), on = new Label();
        is("90 E9 00 00 00 00 0F 84 05 00 00 00 E8 00 00 00 00 E9 EB FF FF FF", a -> {
            a.bytes(0x90);
            Label here = new Label();
            a.label(back);
            a.jump(here);
            a.label(here);
            a.jump(E, on);
            a.call(0);
            a.label(on);
            a.jump(back);
        });
    }
}
