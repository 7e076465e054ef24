package org.lkpk.cpu.table;

import java.util.List;
import org.lkpk.api.cpu.Profile;

/**
 * A row of the opcode table: one opcode, or one of a range.
 *
 * @param name binds to the static method that says what the instruction means; its part before {@code _} is the mnemonic
 * @param ends whether a decoded block ends with it
 * @param lock whether LOCK is allowed before its memory form
 * @param since the first model that has it
 */
public record Form(String opcode, String name, List<Operand> operands, boolean ends, boolean lock, Profile since) {
    public String mnemonic() {
        int cut = name.indexOf('_');
        return cut < 0 ? name : name.substring(0, cut);
    }

    boolean modRm() {
        for (Operand o : operands) if (o.modRm()) return true;
        return false;
    }

    @Override
    public String toString() {
        return opcode + " " + name + " " + operands;
    }
}
