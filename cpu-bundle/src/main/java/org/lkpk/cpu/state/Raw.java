package org.lkpk.cpu.state;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteOrder;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Little-endian values in an array of bytes, at an index that the caller vouches for: a page's entry in {@link Tlb} is one of
 * RAM. Where the JVM has an Unsafe, it is not asked again whether the index is one of the array's: see docs/decisions.md.
 */
abstract class Raw {
    /** The one to use. */
    static final Raw BEST = best();

    abstract byte getByte(byte[] bytes, int index);

    abstract short getShort(byte[] bytes, int index);

    abstract int getInt(byte[] bytes, int index);

    abstract long getLong(byte[] bytes, int index);

    abstract void putByte(byte[] bytes, int index, byte v);

    abstract void putShort(byte[] bytes, int index, short v);

    abstract void putInt(byte[] bytes, int index, int v);

    abstract void putLong(byte[] bytes, int index, long v);

    /** What every JVM has. */
    static final class Checked extends Raw {
        @Override
        byte getByte(byte[] bytes, int index) {
            return bytes[index];
        }

        @Override
        short getShort(byte[] bytes, int index) {
            return (short) Tlb.SHORT.get(bytes, index);
        }

        @Override
        int getInt(byte[] bytes, int index) {
            return (int) Tlb.INT.get(bytes, index);
        }

        @Override
        long getLong(byte[] bytes, int index) {
            return (long) Tlb.LONG.get(bytes, index);
        }

        @Override
        void putByte(byte[] bytes, int index, byte v) {
            bytes[index] = v;
        }

        @Override
        void putShort(byte[] bytes, int index, short v) {
            Tlb.SHORT.set(bytes, index, v);
        }

        @Override
        void putInt(byte[] bytes, int index, int v) {
            Tlb.INT.set(bytes, index, v);
        }

        @Override
        void putLong(byte[] bytes, int index, long v) {
            Tlb.LONG.set(bytes, index, v);
        }
    }

    private static Raw best() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) return new Checked();
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            return unchecked(unsafe, instance.get(null));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return new Checked();
        }
    }

    /** Made at run time: compilers warn of every mention of the class, and some later JDK will not have it. */
    private static Raw unchecked(Class<?> unsafe, Object instance) throws ReflectiveOperationException {
        long base = ((Number) unsafe.getMethod("arrayBaseOffset", Class.class).invoke(instance, byte[].class)).longValue();
        String parent = Type.getInternalName(Raw.class);
        ClassWriter c = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        c.visit(V17, ACC_FINAL | ACC_SUPER, parent + "Unchecked", null, parent, null);
        MethodVisitor init = c.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
        init.visitVarInsn(ALOAD, 0);
        init.visitMethodInsn(INVOKESPECIAL, parent, "<init>", "()V", false);
        init.visitInsn(RETURN);
        init.visitMaxs(0, 0);
        for (Method method : Raw.class.getDeclaredMethods()) {
            if (!Modifier.isAbstract(method.getModifiers())) continue;
            Class<?>[] taken = method.getParameterTypes();
            taken[0] = Object.class;
            taken[1] = long.class;
            unsafe.getMethod(method.getName(), taken); // Throws if this JVM's has none such.
            method(c, method, base);
        }
        MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClassWithClassData(c.toByteArray(), instance, true);
        return (Raw) lookup.lookupClass().getDeclaredConstructor().newInstance();
    }

    private static void method(ClassWriter c, Method of, long base) {
        String descriptor = Type.getMethodDescriptor(of);
        Type[] taken = Type.getArgumentTypes(of);
        Handle data = new Handle(H_INVOKESTATIC, "java/lang/invoke/MethodHandles", "classData",
                "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/Object;", false);
        MethodVisitor m = c.visitMethod(0, of.getName(), descriptor, null, null);
        m.visitLdcInsn(new ConstantDynamic("_", "Lsun/misc/Unsafe;", data));
        m.visitVarInsn(ALOAD, 1);
        m.visitVarInsn(ILOAD, 2);
        m.visitInsn(I2L);
        m.visitLdcInsn(base);
        m.visitInsn(LADD);
        if (taken.length > 2) m.visitVarInsn(taken[2].getOpcode(ILOAD), 3);
        m.visitMethodInsn(INVOKEVIRTUAL, "sun/misc/Unsafe", of.getName(), descriptor.replace("([BI", "(Ljava/lang/Object;J"), false);
        m.visitInsn(Type.getReturnType(descriptor).getOpcode(IRETURN));
        m.visitMaxs(0, 0);
    }
}
