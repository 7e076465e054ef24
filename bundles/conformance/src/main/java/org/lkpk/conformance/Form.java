package org.lkpk.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A form of an instruction: a row of the opcode table with its operand in a register or in memory, and an operand size.
 *
 * @param title all of it in words, which {@link #of} reads: table, opcode, name, operands, m or r, operand size
 * @param table the file of the table without its ending
 * @param prefix a mandatory prefix, or 0
 * @param escape whether the opcode follows 0F
 * @param first the first opcode of its range
 * @param digit the reg field, or -1
 * @param rm the rm field, or -1
 * @param modRm whether there is a ModRM byte
 * @param lock whether it may be locked
 */
record Form(String title, String table, int prefix, boolean escape, int first, int last, int digit, int rm, String name, String operands,
        boolean memory, int bits, boolean modRm, boolean lock) {
    static final String SEQUENCE = "sequence";
    private static final Pattern OPCODE = Pattern.compile("(?:(\\w\\w):)?(0F\\.)?(\\w\\w)(?:-(\\w\\w))?(?:/(\\d))?(?:r(\\d))?");

    /** Reads a title. */
    static Form of(String title) {
        String[] w = title.split(" ");
        boolean memory = w[4].equals("m"), lock = w.length > 6;
        int bits = Integer.parseInt(w[5]);
        Matcher m = OPCODE.matcher(w[1]);
        if (!m.matches()) return new Form(title, w[0], 0, false, 0, 0, -1, -1, w[2], w[3], memory, bits, false, lock);
        int prefix = m.group(1) == null || m.group(1).equals("NP") ? 0 : hexadecimal(m.group(1));
        int first = hexadecimal(m.group(3)), last = m.group(4) == null ? first : hexadecimal(m.group(4));
        int digit = number(m.group(5));
        return new Form(title, w[0], prefix, m.group(2) != null, first, last, digit, number(m.group(6)), w[2], w[3], memory, bits,
                digit >= 0 || modRm(w[3]), lock);
    }

    private static int hexadecimal(String text) {
        return Integer.parseInt(text, 16);
    }

    private static int number(String digits) {
        return digits == null ? -1 : Integer.parseInt(digits);
    }

    /** The forms of a table, in the order of its rows: of each row for registers and memory, and for each operand size. */
    static List<Form> all(String table, List<String> lines) {
        List<Form> forms = new ArrayList<>();
        for (String line : lines) {
            String row = line.replaceAll("#.*", "").strip();
            if (!row.isEmpty()) row(table, row.split("\\s{2,}"), forms);
        }
        return forms;
    }

    private static void row(String table, String[] columns, List<Form> forms) {
        String opcode = columns[0].replace("0F ", "0F."), operands = columns[2], shape = "";
        String[] names = columns[1].split(",");
        int space = opcode.indexOf(' ');
        if (space >= 0) {
            shape = opcode.substring(space + 1);
            opcode = opcode.substring(0, space);
        }
        String lock = columns.length > 3 && (" " + columns[3] + " ").contains(" lock ") ? " lock" : "";
        Matcher range = Pattern.compile("(.*?)(\\w\\w)(?:\\.\\.(\\w\\w)|:(\\d))").matcher(opcode);
        boolean ranged = range.matches();
        for (int n = 0; n < names.length; n++) {
            String one = opcode;
            if (ranged && names.length > 1)
                one = range.group(1) + String.format("%02X", hexadecimal(range.group(2)) + n * (range.group(4) == null ? 1 : number(range.group(4))));
            else if (ranged) one = range.group(1) + range.group(2) + "-" + range.group(3);
            String begin = table + " " + one + (shape.length() == 2 ? shape : "") + " " + names[n] + " " + operands + " ";
            variants(begin, lock, table, operands, shape, one.contains("/"), forms);
        }
    }

    private static void variants(String begin, String lock, String table, String operands, String shape, boolean digit, List<Form> forms) {
        boolean modRm = digit || !shape.isEmpty() || modRm(operands);
        for (int memory = 0; memory < 2; memory++) {
            if (memory == 1 ? !modRm || shape.startsWith("r") || registersAlone(operands) : modRm && (shape.equals("m") || memoryAlone(operands)))
                continue;
            for (int bits : sizes(begin, table, operands)) forms.add(of(begin + (memory == 1 ? "m " : "r ") + bits + lock));
        }
    }

    private static int[] sizes(String begin, String table, String operands) {
        int own = operands.matches(".*(Mq|Wd?q).*") ? 64 : operands.matches(".*[EGMZ]d.*") ? 32 : 8;
        return switch (table) {
            case "sse" -> new int[] {32};
            case "x87" -> operands.equals("M") ? new int[] {16, 32} : new int[] {32};
            default -> sized(begin, operands) ? new int[] {16, 32} : new int[] {own};
        };
    }

    private static boolean sized(String begin, String operands) {
        return operands.matches("-|.*(v|z|Jb|Iw|Mp|Ap|rAX|sIb).*") || operands.matches("M|[C-GS]S") || begin.matches(".* (ret_i|push|enter) .*");
    }

    private static boolean modRm(String operands) {
        for (String o : operands.split(",")) if (o.matches("[EGMPQNVWURSCDT][bwdvqpst].?|M|RdMw|[VWU][ps][sd]") && !o.equals("ST")) return true;
        return false;
    }

    private static boolean registersAlone(String operands) {
        return operands.matches(".*\\b(Rd|N[dq]|U\\w+)\\b.*") || operands.matches("-|STi|ST,STi|STi,ST|AX");
    }

    private static boolean memoryAlone(String operands) {
        return operands.matches(".*\\bM\\w*.*") && !operands.contains("RdMw");
    }

    boolean names(String... some) {
        for (String s : some) if (s.equals(name)) return true;
        return false;
    }

    boolean has(String operand) {
        return operands.contains(operand);
    }
}
