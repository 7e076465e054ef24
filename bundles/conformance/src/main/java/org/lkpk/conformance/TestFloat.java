package org.lkpk.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.tukaani.xz.XZInputStream;

/**
 * Berkeley TestFloat's vectors for extF80, each run by a program that loads the operands, does one x87 instruction and
 * stores status and result. Files are named OPERATION.ROUNDING.PRECISION.txt.xz and hold a vector a line: operands,
 * result, flags, in hex. Which NaN is the result depends on TestFloat's build: any quiet one is right.
 */
final class TestFloat {
    private static final int FIRST = 0, SECOND = 0x10, RESULT = 0x20, STATUS = 0x30, CONTROL = 0x40;
    private static final int ALL_MASKED = 0x7F, PRECISION_53 = 0x200, PRECISION_64 = 0x300, CHOP = 0xC00;
    private static final int C0 = 0x100, C2 = 0x400, C3 = 0x4000, ORDER = C0 | C2 | C3;
    private static final int INEXACT = 1, INTERRUPTS_ON = 0x202;
    private static final byte[] JUMP_HERE = {(byte) 0xEB, (byte) 0xFE};
    /** Steps at a time; a remainder of numbers far apart takes some hundred. */
    private static final int SLICE = 8, SLICES = 1000;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private static final String BEGIN = "DBE3 D92D40000030 ", LOAD_BOTH = "DB2D10000030 DB2D00000030 ", LOAD = "DB2D00000030 ",
            STORE_STATUS = " DD3D30000030", STORE = " DB3D20000030";
    private static final Map<String, Operation> OPERATIONS = new TreeMap<>();

    static {
        binary("add", "D8C1");
        binary("sub", "D8E1");
        binary("mul", "D8C9");
        binary("div", "D8F1");
        binary("rem", "D9F5 DFE0 9E 7AF9"); // FPREM1, and again as long as C2 is set
        add("extF80_sqrt", LOAD + "D9FA" + STORE_STATUS + STORE, 10, 0);
        add("extF80_roundToInt", LOAD + "D9FC" + STORE_STATUS + STORE, 10, INEXACT);
        add("extF80_to_f32", LOAD + "D91D20000030" + STORE_STATUS, 4, 0);
        add("extF80_to_f64", LOAD + "DD1D20000030" + STORE_STATUS, 8, 0);
        add("extF80_to_i32", LOAD + "DB1D20000030" + STORE_STATUS, 4, INEXACT);
        add("extF80_to_i64", LOAD + "DF3D20000030" + STORE_STATUS, 8, INEXACT);
        add("f32_to_extF80", "D90500000030" + STORE_STATUS + STORE, 10, 0);
        add("f64_to_extF80", "DD0500000030" + STORE_STATUS + STORE, 10, 0);
        add("i32_to_extF80", "DB0500000030" + STORE_STATUS + STORE, 10, 0);
        add("i64_to_extF80", "DF2D00000030" + STORE_STATUS + STORE, 10, 0);
        add("extF80_eq", LOAD_BOTH + "DDE1" + STORE_STATUS, 0, 0);
        add("extF80_lt", LOAD_BOTH + "D8D1" + STORE_STATUS, 0, 0);
        add("extF80_le", LOAD_BOTH + "D8D1" + STORE_STATUS, 0, 0);
    }

    /**
     * What a program does.
     *
     * @param size bytes of the result; 0 if it is an order
     * @param ignored TestFloat's flags that do not count: its conversions to integers leave INEXACT out
     */
    private record Operation(byte[] code, int size, int ignored) { }

    private final Bench bench;
    private final Differences differences = new Differences();
    private final byte[] data = new byte[0x50];
    private long cases;

    TestFloat(Cpu cpu, Engine engine) {
        bench = new Bench(cpu, engine, Profile.P6, new byte[Case.SPAN]);
    }

    private static void binary(String name, String code) {
        add("extF80_" + name, LOAD_BOTH + code + STORE_STATUS + STORE, 10, 0);
    }

    private static void add(String name, String code, int size, int ignored) {
        OPERATIONS.put(name, new Operation(HEX.parseHex((BEGIN + code).replace(" ", "")), size, ignored));
    }

    /** The names that files begin with. */
    static List<String> operations() {
        return List.copyOf(OPERATIONS.keySet());
    }

    /** Replays all files of {@code operation} in {@code folder}; returns how many there are. */
    int run(Path folder, String operation) throws IOException {
        int files = 0;
        try (DirectoryStream<Path> list = Files.newDirectoryStream(folder, operation + ".*.txt.xz")) {
            for (Path file : list) {
                files++;
                run(file);
            }
        }
        return files;
    }

    private void run(Path file) throws IOException {
        String[] parts = file.getFileName().toString().split("\\.");
        Operation operation = OPERATIONS.get(parts[0]);
        int control = ALL_MASKED | (parts[1].equals("minMag") ? CHOP : 0) | (parts[2].equals("64") ? PRECISION_53 : PRECISION_64);
        put(CONTROL, control, 2);
        bench.code(0, operation.code);
        bench.code(operation.code.length, JUMP_HERE);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new XZInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            for (String line; (line = in.readLine()) != null; cases++) check(parts[0], operation, line.split(" "));
        }
    }

    long cases() {
        return cases;
    }

    Differences differences() {
        return differences;
    }

    private void check(String name, Operation operation, String[] fields) {
        int last = fields.length - 1, expected = Integer.parseInt(fields[last], 16) & ~operation.ignored;
        place(FIRST, fields[0]);
        if (last > 2) place(SECOND, fields[1]);
        bench.restore(0, data);
        execute(Case.CODE + operation.code.length);
        int status = (int) load(STATUS, 2), flags = flags(status) & ~operation.ignored;
        String result = operation.size > 0 ? number(operation.size) : holds(name, status & ORDER) ? "1" : "0";
        if (matches(fields[last - 1], result) && flags == expected) return;
        differences.add(name, String.join(" ", fields) + String.format(", but was %s %02X", result, flags));
    }

    private void execute(int end) {
        bench.segments(0);
        bench.cpu.register("eflags", INTERRUPTS_ON);
        bench.cpu.register("eip", Case.CODE);
        for (int slices = 0; (int) bench.cpu.register("eip") != end; slices++) {
            if (slices == SLICES) throw new IllegalStateException("the program does not end; vector " + bench.vector());
            bench.cpu.run(bench.cpu.instructions() + SLICE);
        }
    }

    private void place(int offset, String number) {
        boolean extended = number.length() == 20;
        put(offset, Long.parseUnsignedLong(extended ? number.substring(4) : number, 16), 8);
        put(offset + 8, extended ? Integer.parseInt(number.substring(0, 4), 16) : 0, 2);
    }

    private void put(int offset, long value, int size) {
        for (int i = 0; i < size; i++) data[offset + i] = (byte) (value >> 8 * i);
    }

    private long load(int offset, int size) {
        byte[] bytes = bench.memory().bytes();
        long value = 0;
        for (int i = size - 1; i >= 0; i--) value = value << 8 | bytes[bench.index() + offset + i] & 0xFF;
        return value;
    }

    private String number(int size) {
        if (size == 10) return HEX.toHexDigits((short) load(RESULT + 8, 2)) + HEX.toHexDigits(load(RESULT, 8));
        return HEX.toHexDigits(load(RESULT, size), 2 * size);
    }

    private static boolean holds(String name, int order) {
        return switch (name) {
            case "extF80_eq" -> order == C3;
            case "extF80_lt" -> order == C0;
            default -> order == C0 || order == C3;
        };
    }

    /** In TestFloat's order: inexact, underflow, overflow, division by zero, invalid. */
    private static int flags(int status) {
        return status >> 5 & 1 | status >> 3 & 2 | status >> 1 & 4 | status << 1 & 8 | status << 4 & 16;
    }

    private static boolean matches(String expected, String result) {
        if (expected.equals(result)) return true;
        return switch (expected.length()) {
            case 20 -> nan(expected, "[7F]FFF.*", "8000000000000000") && result.matches("[7F]FFF[C-F].*");
            case 16 -> nan(expected, "[7F]FF.*", "0000000000000") && result.matches("[7F]FF[89A-F].*");
            case 8 -> nan(expected, "[7F]F[89A-F].*", "800000") && result.matches("[7F]F[C-F].*");
            default -> false;
        };
    }

    /** Has the exponent of all ones, and is not infinity. */
    private static boolean nan(String number, String exponent, String infinity) {
        return number.matches(exponent) && !number.endsWith(infinity);
    }
}
