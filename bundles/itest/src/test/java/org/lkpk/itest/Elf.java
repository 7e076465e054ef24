package org.lkpk.itest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An ELF32 i386 object that a test makes: one section of code, its functions, what they refer to by address, and jump labels. */
final class Elf {
    private static final int HEADER = 52, SECTION = 40, SYMBOL = 16;
    private static final int SHT_PROGBITS = 1, SHT_SYMTAB = 2, SHT_STRTAB = 3, SHT_REL = 9;
    private static final int R_386_PC32 = 2;
    private static final int STT_FUNC = 2, GLOBAL = 0x10, SHN_ABS = 0xFFF1;
    private static final String LABELS = "__jump_table";
    private static final String[] NAMES = {"", ".text", ".rel.text", LABELS, ".rel" + LABELS, ".symtab", ".strtab", ".shstrtab"};
    private static final int SYMBOLS = 5;

    private record Symbol(String name, int value, int size, int info, int section) { }

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final List<Symbol> symbols = new ArrayList<>(List.of(new Symbol("", 0, 0, 0, 0)));
    private final List<int[]> relocations = new ArrayList<>(), labelRelocations = new ArrayList<>();
    /** The function that was added last. */
    private int last;
    private final ByteArrayOutputStream labels = new ByteArrayOutputStream();

    /** Adds a function; {@code targets} are pairs of the place of a relative word in {@code code} and the address it leads to. */
    void function(String name, byte[] code, List<int[]> targets) {
        while (text.size() % 16 != 0) text.write(0x90);
        int start = text.size();
        last = symbols.size();
        symbols.add(new Symbol(name, start, code.length, GLOBAL | STT_FUNC, 1));
        byte[] copy = code.clone();
        for (int[] target : targets) {
            ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(target[0], -4);
            relocations.add(new int[] {start + target[0], symbols.size()});
            symbols.add(new Symbol("to_" + Integer.toHexString(target[1]), target[1], 0, GLOBAL, SHN_ABS));
        }
        text.writeBytes(copy);
    }

    /** Adds a jump label of the last function that was added: at {@code offset} of it, with a key that the object does not define. */
    void label(int offset, String key) {
        int known = 0, at = labels.size();
        while (known < symbols.size() && !symbols.get(known).name.equals(key)) known++;
        if (known == symbols.size()) symbols.add(new Symbol(key, 0, 0, GLOBAL, 0));
        for (int[] word : new int[][] {{0, last, offset}, {4, last, offset}, {8, known, 0}}) {
            labelRelocations.add(new int[] {at + word[0], word[1]});
            labels.writeBytes(buffer(4).putInt(word[2]).array());
        }
    }

    private static byte[] relocated(List<int[]> relocations) {
        ByteBuffer relocated = buffer(8 * relocations.size());
        for (int[] relocation : relocations) relocated.putInt(relocation[0]).putInt(relocation[1] << 8 | R_386_PC32);
        return relocated.array();
    }

    byte[] bytes() {
        ByteArrayOutputStream strings = new ByteArrayOutputStream(), names = new ByteArrayOutputStream();
        ByteBuffer table = buffer(SYMBOL * symbols.size());
        for (Symbol symbol : symbols) {
            table.putInt(symbol.name.isEmpty() ? 0 : Math.max(1, strings.size())).putInt(symbol.value).putInt(symbol.size)
                    .put((byte) symbol.info).put((byte) 0).putShort((short) symbol.section);
            strings.writeBytes((symbol.name + "\0").getBytes(StandardCharsets.ISO_8859_1));
        }
        ByteBuffer headers = buffer(SECTION * NAMES.length);
        byte[][] contents = {{}, text.toByteArray(), relocated(relocations), labels.toByteArray(), relocated(labelRelocations), table.array(),
            strings.toByteArray(), {}};
        int[] types = {0, SHT_PROGBITS, SHT_REL, SHT_PROGBITS, SHT_REL, SHT_SYMTAB, SHT_STRTAB, SHT_STRTAB};
        int[] flags = {0, 6, 0, 2, 0, 0, 0, 0}, links = {0, 0, SYMBOLS, 0, SYMBOLS, SYMBOLS + 1, 0, 0}, infos = {0, 0, 1, 0, 3, 1, 0, 0};
        int[] entries = {0, 0, 8, 0, 8, SYMBOL, 0, 0};
        int[] nameAt = new int[NAMES.length];
        for (int i = 0; i < NAMES.length; i++) {
            nameAt[i] = names.size();
            names.writeBytes((NAMES[i] + "\0").getBytes(StandardCharsets.ISO_8859_1));
        }
        contents[NAMES.length - 1] = names.toByteArray();
        int at = HEADER + SECTION * NAMES.length;
        for (int i = 0; i < NAMES.length; i++) {
            headers.putInt(nameAt[i]).putInt(types[i]).putInt(flags[i]).putInt(0).putInt(i == 0 ? 0 : at).putInt(contents[i].length)
                    .putInt(links[i]).putInt(infos[i]).putInt(i == 1 ? 16 : 1).putInt(entries[i]);
            at += contents[i].length;
        }
        ByteBuffer file = buffer(at);
        file.putInt(0x464C457F).put((byte) 1).put((byte) 1).put((byte) 1).position(16);
        file.putShort((short) 1).putShort((short) 3).putInt(1).putInt(0).putInt(0).putInt(HEADER).putInt(0).putShort((short) HEADER)
                .putShort((short) 0).putShort((short) 0).putShort((short) SECTION).putShort((short) NAMES.length)
                .putShort((short) (NAMES.length - 1));
        file.put(headers.array());
        for (byte[] content : contents) file.put(content);
        return file.array();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
