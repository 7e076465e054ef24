package org.lkpk.conformance;

/**
 * A form of an instruction, as the recorder names it.
 *
 * @param text all of it: opcode, name, operands, r or m, operand size
 * @param bits the operand size
 */
record Form(String text, String name, String operands, int bits) {
    static Form of(String text) {
        String[] words = text.split(" ");
        int n = words.length;
        return new Form(text, words[n - 4], words[n - 3], Integer.parseInt(words[n - 1]));
    }
}
