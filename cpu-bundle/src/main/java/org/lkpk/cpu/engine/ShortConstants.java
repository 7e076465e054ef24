package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import org.objectweb.asm.MethodVisitor;

/** Pushes small numbers by the shortest instruction, without a constant of the class. */
final class ShortConstants extends MethodVisitor {
    ShortConstants(MethodVisitor to) {
        super(ASM9, to);
    }

    @Override
    public void visitLdcInsn(Object value) {
        if (!(value instanceof Integer)) super.visitLdcInsn(value);
        else {
            int v = (int) value;
            if (v >= -1 && v <= 5) visitInsn(ICONST_0 + v);
            else if (v == (byte) v) visitIntInsn(BIPUSH, v);
            else if (v == (short) v) visitIntInsn(SIPUSH, v);
            else super.visitLdcInsn(value);
        }
    }
}
