package org.lkpk.patcher;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * RAM with a kernel in it that never was: 400 functions of 32 bytes, each with a five-byte NOP at its entry, kallsyms in
 * either order of its parts, an export table, a banner, a build id, and three tasks that sleep.
 */
public final class SyntheticKernel {
    public static final int FUNCTIONS = 400;
    public static final int SIZE = 0x20;
    private static final int PAGE_OFFSET = 0xC0000000;
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
    private static final int RODATA = 0x10000;
    private static final int STATE = 0xF000;
    private static final int TASKS = 0x300000, STACKS = 0x310000; // behind the kernel's start
    private static final String[] COMMS = {"swapper/0", "init", "kthreadd"};

    public final byte[] ram;
    public final int base;
    private final ByteBuffer words;
    private final List<String> names = new ArrayList<>();

    /** @param physical where the kernel starts; {@code later} the order of Linux 6.4; {@code more} names of functions */
    public SyntheticKernel(int physical, boolean later, String... more) {
        ram = new byte[32 << 20];
        words = ByteBuffer.wrap(ram).order(ByteOrder.LITTLE_ENDIAN);
        base = PAGE_OFFSET + physical;
        names.add("_text");
        names.add("cmdline_proc_show");
        names.add("seq_puts");
        names.add("twin");
        names.add("twin");
        names.addAll(List.of(more));
        for (int i = names.size(); i < FUNCTIONS; i++) names.add("function_" + i);
        for (int i = 0; i < FUNCTIONS; i++) put(physical + i * SIZE, NOP5);
        state(3);
        tasks();
        int at = banner(physical + RODATA);
        at = later ? later(at) : older(at);
        exports(at, physical);
    }

    /** Sets {@code system_state}. */
    public void state(int value) {
        words.putInt(base - PAGE_OFFSET + STATE, value);
    }

    /** Three tasks, each with a stack on which it has left function 50. */
    private void tasks() {
        for (int i = 0; i < COMMS.length; i++) {
            int tasks = physical(0) + TASKS, task = tasks + 0x800 * i, stack = stack(i);
            words.putInt(task + 0x10, PAGE_OFFSET + stack);
            words.putInt(stack, 0x57AC6E9D);
            words.putInt(task + 0x100, PAGE_OFFSET + tasks + 0x800 * ((i + 1) % 3) + 0x100);
            words.putInt(task + 0x104, PAGE_OFFSET + tasks + 0x800 * ((i + 2) % 3) + 0x100);
            words.putInt(task + 0x120, i);
            words.putInt(task + 0x124, i);
            int signal = tasks + 0x2000 + 0x80 * i;
            words.putInt(task + 0x190, PAGE_OFFSET + signal);
            for (int word : new int[] {0, 4}) {
                words.putInt(task + 0x180 + word, PAGE_OFFSET + signal + 0x10);
                words.putInt(signal + 0x10 + word, PAGE_OFFSET + task + 0x180);
            }
            text(task + 0x200, COMMS[i] + "\0");
            words.putInt(task + 0x300, PAGE_OFFSET + stack + 0x1F00);
            returnsTo(i, linear(50) + 8);
        }
    }

    private int stack(int number) {
        return physical(0) + STACKS + 0x2000 * number;
    }

    /** Lets task {@code number} (0 idle, 1 init, 2 kthreadd) be called from there. */
    public void returnsTo(int number, int linear) {
        words.putInt(stack(number) + 0x1F00 + 20, linear);
    }

    /** Puts a word deeper into a task's stack. */
    public void onStack(int number, int word) {
        words.putInt(stack(number) + 0x1F80, word);
    }

    /** Physical address of function {@code number}. */
    public int physical(int number) {
        return base - PAGE_OFFSET + number * SIZE;
    }

    public int linear(int number) {
        return base + number * SIZE;
    }

    private void put(int at, byte[] bytes) {
        System.arraycopy(bytes, 0, ram, at, bytes.length);
    }

    private int text(int at, String text) {
        put(at, text.getBytes(StandardCharsets.ISO_8859_1));
        return at + text.length();
    }

    private int banner(int at) {
        return text(at, "Linux version 6.1.0-test-686 (nobody) #1\n\0") + 3 & -4;
    }

    private int older(int at) {
        at = offsets(at);
        at = names(at);
        return tokens(at + 3 * FUNCTIONS); // seqs_of_names
    }

    private int later(int at) {
        return offsets(tokens(names(at)));
    }

    private int offsets(int at) {
        for (int i = 0; i < FUNCTIONS; i++) words.putInt(at + 4 * i, i * SIZE);
        words.putInt(at + 4 * FUNCTIONS, base);
        return at + 4 * FUNCTIONS + 4;
    }

    /** num_syms, names, markers; every token is its own character but 1, which is {@code function_}. */
    private int names(int at) {
        words.putInt(at, FUNCTIONS);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        List<Integer> markers = new ArrayList<>();
        for (int i = 0; i < FUNCTIONS; i++) {
            if (i % 256 == 0) markers.add(packed.size());
            byte[] name = ("T" + names.get(i).replace("function_", "\1")).getBytes(StandardCharsets.ISO_8859_1);
            packed.write(name.length);
            packed.writeBytes(name);
        }
        put(at + 4, packed.toByteArray());
        at = at + 4 + packed.size() + 3 & -4;
        for (int marker : markers) {
            words.putInt(at, marker);
            at += 4;
        }
        return at;
    }

    private int tokens(int at) {
        at = at + 3 & -4;
        int start = at;
        int[] index = new int[256];
        for (int i = 0; i < 256; i++) {
            index[i] = at - start;
            at = text(at, i == 1 ? "function_" : i > ' ' && i < 0x7F ? String.valueOf((char) i) : "") + 1;
        }
        at = at + 3 & -4;
        for (int offset : index) {
            words.putShort(at, (short) offset);
            at += 2;
        }
        return at;
    }

    private void exports(int at, int physical) {
        int strings = at + 0x100;
        List<String> exported = List.of("init_task", "seq_puts", "system_state");
        int[] values = {physical + TASKS, physical(2), physical + STATE};
        for (int i = 0; i < exported.size(); i++) {
            words.putInt(at, values[i] - at);
            words.putInt(at + 4, strings - (at + 4));
            words.putInt(at + 8, strings + exported.get(i).length() - (at + 8));
            strings = text(strings, exported.get(i) + "\0");
            at += 12;
        }
        int note = strings + 0x103 & -4;
        put(note, new byte[] {4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0});
        Arrays.fill(ram, note + 16, note + 36, (byte) 0xAB);
        text(note + 48, "Linux\0Linux\0");
    }
}
