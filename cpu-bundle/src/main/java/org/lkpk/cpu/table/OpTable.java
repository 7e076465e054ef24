package org.lkpk.cpu.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.cpu.Profile;

/**
 * The opcode table: the rows of {@code integer.ops}, {@code system.ops}, {@code x87.ops} and {@code sse.ops}, found by
 * opcode map, mandatory prefix, opcode, ModRM digit and form. It is the one place that says which instructions there are.
 *
 * <p>A row: opcode, name (or names, one for each of a range), operands, attributes. An opcode is {@code 88}, {@code 0F A3},
 * {@code 40..47}, {@code 00:8} (steps of 8, one for each name); then {@code /4} a ModRM digit; then {@code m} or {@code r}
 * the memory or register form only, or {@code r3} that with rm 3. Behind 0F a prefix may select the instruction:
 * {@code NP:0F 58}, {@code 66:0F 58}, {@code F3:0F 58}, {@code F2:0F 58}, where NP is none of these. A row without
 * such a word stands whatever the prefixes.
 */
public final class OpTable {
    private static final String[] FILES = {"integer.ops", "system.ops", "x87.ops", "sse.ops"};

    /** In the order of the maps after 0F; the first stands for none. */
    private static final List<String> PREFIXES = List.of("NP", "66", "F3", "F2");

    /** By map (0: one byte, 1..4: after 0F with each of {@link #PREFIXES}) and opcode: the node that tells forms apart. */
    private final Node[][] nodes = new Node[1 + PREFIXES.size()][256];
    private final List<Form> forms = new ArrayList<>();

    /** Forms of one opcode by ModRM: index is {@code memory ? digit : 8 + digit * 8 + rm}. */
    private static final class Node {
        final Form[] byModRm = new Form[72];
        boolean modRm, mandatory;
    }

    public OpTable() {
        for (String file : FILES) read(file);
    }

    /** Every form, in the order of the rows. */
    public List<Form> forms() {
        return forms;
    }

    /** Whether the opcode is followed by a ModRM byte; one that does not exist is taken not to be. */
    boolean modRm(int map, int opcode) {
        Node n = nodes[map][opcode];
        return n != null && n.modRm;
    }

    /** The map of opcodes after 0F, the prefix 66 being there or not and a repeat prefix (0, 0xF2, 0xF3), which outweighs it. */
    static int afterEscape(boolean operandSize, int repeat) {
        return repeat == 0xF3 ? 3 : repeat == 0xF2 ? 4 : operandSize ? 2 : 1;
    }

    /** Whether the prefix that led to this map is part of the opcode. */
    boolean mandatory(int map, int opcode) {
        Node n = nodes[map][opcode];
        return n != null && n.mandatory;
    }

    /** The form, or null if there is none; {@code modRm} is 0 where there is no such byte. */
    Form find(int map, int opcode, int modRm) {
        Node n = nodes[map][opcode];
        if (n == null) return null;
        return n.byModRm[modRm < 0xC0 ? modRm >> 3 & 7 : 8 + (modRm & 0x3F)];
    }

    private void read(String file) {
        try (var stream = OpTable.class.getResourceAsStream(file)) {
            if (stream == null) throw new IllegalStateException("the opcode table lacks its file " + file);
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII));
            for (String line; (line = lines.readLine()) != null; ) {
                String row = line.replaceAll("#.*", "").trim();
                if (!row.isEmpty()) row(file, row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void row(String file, String row) {
        String[] c = row.split("\\s{2,}");
        if (c.length < 3) throw new IllegalStateException(file + ": \"" + row + "\" is not opcode, name, operands, attributes");
        String[] names = c[1].split(",");
        List<Operand> operands = new ArrayList<>();
        if (!c[2].equals("-")) for (String o : c[2].split(",")) operands.add(Operand.valueOf(o.equals("1") ? "ONE" : o));
        String attributes = c.length > 3 ? " " + c[3] + " " : "";
        Profile since = since(attributes);
        String opcode = c[0];
        int prefix = opcode.startsWith(":0F ", 2) ? PREFIXES.indexOf(opcode.substring(0, 2)) : -1;
        String plain = prefix >= 0 ? opcode.substring(3) : opcode;
        boolean escape = plain.startsWith("0F ");
        String rest = escape ? plain.substring(3) : plain;
        int from = prefix >= 0 ? 1 + prefix : escape ? 1 : 0, to = prefix >= 0 || !escape ? from : PREFIXES.size();
        int first = Integer.parseInt(rest.substring(0, 2), 16), step = 1, count = 1;
        String tail = rest.substring(2);
        if (tail.startsWith("..")) {
            count = Integer.parseInt(tail.substring(2, 4), 16) - first + 1;
            tail = tail.substring(4);
        } else if (tail.startsWith(":")) {
            step = tail.charAt(1) - '0';
            count = names.length;
            tail = tail.substring(2);
        }
        for (int i = 0; i < count; i++) {
            String name = names.length == 1 ? names[0] : names[i];
            Form form = new Form(opcode, name, List.copyOf(operands), attributes.contains(" end "), attributes.contains(" lock "), since);
            forms.add(form);
            for (int map = from; map <= to; map++) put(file, map, first + i * step, tail, form).mandatory |= prefix >= 0;
        }
    }

    /** The first model that has the row's instructions: the attribute that names it, or the oldest. */
    private static Profile since(String attributes) {
        Profile since = Profile.values()[0];
        for (Profile p : Profile.values()) if (attributes.contains(" " + (p == Profile.P6 ? "p6" : p.title()) + " ")) since = p;
        return since;
    }

    private Node put(String file, int map, int opcode, String tail, Form form) {
        Node node = nodes[map][opcode];
        if (node == null) node = nodes[map][opcode] = new Node();
        int digit = tail.startsWith("/") ? tail.charAt(1) - '0' : -1;
        String shape = (digit < 0 ? tail : tail.substring(2)).trim();
        node.modRm |= digit >= 0 || !shape.isEmpty() || form.modRm();
        boolean memory = !shape.startsWith("r"), registers = !shape.equals("m") && !onlyMemory(form);
        int rm = shape.length() == 2 ? shape.charAt(1) - '0' : -1;
        for (int i = 0; i < 72; i++) {
            int d = i < 8 ? i : i - 8 >> 3;
            if (digit >= 0 && d != digit) continue;
            if (i < 8 ? !memory : !registers || rm >= 0 && (i - 8 & 7) != rm) continue;
            if (node.byModRm[i] != null)
                throw new IllegalStateException(file + ": " + form + " stands where " + node.byModRm[i] + " already does");
            node.byModRm[i] = form;
        }
        return node;
    }

    private static boolean onlyMemory(Form form) {
        for (Operand o : form.operands()) if (o.onlyMemory()) return true;
        return false;
    }
}
