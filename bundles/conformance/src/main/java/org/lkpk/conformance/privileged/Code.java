package org.lkpk.conformance.privileged;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Machine code in the making: bytes, with labels that may be used before they are set. */
final class Code {
    static final int EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
    static final int ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;

    private final int origin;
    private final Map<String, Integer> labels = new HashMap<>();
    /** Places of 32-bit fields, and the labels whose address goes there; relative to the field's end if negative. */
    private final Map<Integer, String> relative = new LinkedHashMap<>(), absolute = new LinkedHashMap<>();
    private byte[] bytes = new byte[256];
    private int size;

    /** @param origin the address of the first byte */
    Code(int origin) {
        this.origin = origin;
    }

    int here() {
        return origin + size;
    }

    int size() {
        return size;
    }

    Code put(int... values) {
        for (int v : values) {
            if (size == bytes.length) bytes = Arrays.copyOf(bytes, 2 * size);
            bytes[size++] = (byte) v;
        }
        return this;
    }

    Code put(byte[] values) {
        for (byte v : values) put(v);
        return this;
    }

    Code word(int v) {
        return put(v, v >> 8);
    }

    Code dword(int v) {
        return word(v).word(v >> 16);
    }

    /** Pads with {@code filler} up to {@code address}. */
    Code upTo(int address, int filler) {
        if (here() > address) throw new IllegalStateException(String.format("code ends at %X, behind %X", here(), address));
        while (here() < address) put(filler);
        return this;
    }

    Code label(String name) {
        labels.put(name, here());
        return this;
    }

    int address(String label) {
        return labels.get(label);
    }

    private Code relative(String label) {
        relative.put(size, label);
        return dword(0);
    }

    Code absolute(String label) {
        absolute.put(size, label);
        return dword(0);
    }

    Code jmp(String label) {
        return put(0xE9).relative(label);
    }

    Code call(String label) {
        return put(0xE8).relative(label);
    }

    /** Jcc by the condition's number. */
    Code jcc(int condition, String label) {
        return put(0x0F, 0x80 | condition).relative(label);
    }

    Code load(int register, int address) {
        return put(0x8B, 5 | register << 3).dword(address);
    }

    Code store(int address, int register) {
        return put(0x89, 5 | register << 3).dword(address);
    }

    /** MOV r32,imm32. */
    Code set(int register, int value) {
        return put(0xB8 | register).dword(value);
    }

    /** MOV dword [address],imm32. */
    Code fill(int address, int value) {
        return put(0xC7, 5).dword(address).dword(value);
    }

    Code pop(int address) {
        return put(0x8F, 5).dword(address);
    }

    Code push(int address) {
        return put(0xFF, 0x35).dword(address);
    }

    Code loadSegment(int segment, int address) {
        return put(0x8E, 5 | segment << 3).dword(address);
    }

    byte[] bytes() {
        relative.forEach((at, label) -> patch(at, address(label) - origin - at - 4));
        absolute.forEach((at, label) -> patch(at, address(label)));
        return Arrays.copyOf(bytes, size);
    }

    private void patch(int at, int value) {
        for (int i = 0; i < 4; i++) bytes[at + i] = (byte) (value >> 8 * i);
    }
}
