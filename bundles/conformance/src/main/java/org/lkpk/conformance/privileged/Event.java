package org.lkpk.conformance.privileged;

import java.util.List;
import java.util.stream.IntStream;

/** What the harness tells of an interrupt or exception: dwords, in this order. */
public final class Event {
    static final int VECTOR = 0, ERROR = 1, EIP = 2, CS = 3, EFLAGS = 4, ESP = 5, SS = 6, ES = 7, DS = 8, FS = 9, GS = 10, EAX = 11,
            ECX = 12, EDX = 13, EBX = 14, EBP = 15, ESI = 16, EDI = 17, CR2 = 18, DR6 = 19, DR7 = 20, CR0 = 21, CR3 = 22, TR = 23, LDTR = 24,
            /** The handler's stack, once its frame is popped. */
            TOP = 25, TOP_SS = 26, SIZE = 27;
    private static final String[] NAMES = {"vector", "error", "eip", "cs", "eflags", "esp", "ss", "es", "ds", "fs", "gs", "eax", "ecx", "edx",
        "ebx", "ebp", "esi", "edi", "cr2", "dr6", "dr7", "cr0", "cr3", "tr", "ldtr", "top", "top.ss"};

    private Event() { }

    /** Address of the variable that holds it. */
    static int at(int field) {
        return Layout.VARIABLES + 4 * field;
    }

    /** In which fields three lines differ, and how; the vector and the place always. */
    public static String difference(String first, String second, String third) {
        if (Math.min(Math.min(first.length(), second.length()), third.length()) < 8 * SIZE) return brief(first) + " / " + brief(second) + " / " + brief(third);
        StringBuilder b = new StringBuilder(brief(first)).append(':');
        for (int i = 0; i < SIZE; i++) {
            String x = field(first, i), y = field(second, i), z = field(third, i);
            if (!x.equals(y) || !x.equals(z)) b.append(' ').append(NAMES[i]).append(' ').append(x).append(" / ").append(y).append(" / ").append(z);
        }
        return b.toString();
    }

    /** What an event tells of the course that things take: the vector, the code it came from, the stack. */
    public static String course(String line) {
        return line.length() < 8 * SIZE ? line : line.substring(8 * VECTOR, 8 * VECTOR + 8) + line.substring(8 * EIP, 8 * EFLAGS) + line.substring(8 * ESP, 8 * ES);
    }

    /** Whether the third line differs from the first two in something in which those agree. */
    public static boolean differs(String first, String second, String third) {
        if (third.length() < 8 * SIZE || first.length() < 8 * SIZE) return !first.equals(third);
        for (int i = 0; i < SIZE; i++) {
            String x = field(first, i), y = field(second, i), z = field(third, i);
            if (i == EFLAGS ? ((value(x) ^ value(z)) & ~(value(x) ^ value(y))) != 0 : x.equals(y) && !x.equals(z)) return true;
        }
        return false;
    }

    /** The fields in which two lines differ. */
    public static List<Integer> differing(String first, String second) {
        return IntStream.range(0, first.length() < 8 * SIZE ? 0 : SIZE).filter(i -> !field(first, i).equals(field(second, i))).boxed().toList();
    }

    /** Whether the third line has something in a field that neither of the others has. */
    public static boolean alone(String first, String second, String third, int field) {
        int x = value(field(first, field)), y = value(field(second, field)), z = value(field(third, field));
        return field != EFLAGS && z != x && z != y;
    }

    private static int value(String field) {
        return Integer.parseUnsignedInt(field, 16);
    }

    private static String field(String line, int n) {
        return line.substring(8 * n, 8 * n + 8).replaceFirst("^0{1,7}", "");
    }

    private static String brief(String line) {
        return line.length() < 8 * SIZE ? line : "vector " + field(line, VECTOR) + " error " + field(line, ERROR) + " at " + field(line, CS) + ':' + field(line, EIP);
    }
}
