package org.lkpk.cpu.engine;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.meaning.Arithmetic;
import org.lkpk.cpu.meaning.Bits;
import org.lkpk.cpu.meaning.Branches;
import org.lkpk.cpu.meaning.Carries;
import org.lkpk.cpu.meaning.Changes;
import org.lkpk.cpu.meaning.Conditions;
import org.lkpk.cpu.meaning.Compared;
import org.lkpk.cpu.meaning.Control;
import org.lkpk.cpu.meaning.Decimal;
import org.lkpk.cpu.meaning.Division;
import org.lkpk.cpu.meaning.FarTransfers;
import org.lkpk.cpu.meaning.FpuArithmetic;
import org.lkpk.cpu.meaning.FpuComparisons;
import org.lkpk.cpu.meaning.FpuControl;
import org.lkpk.cpu.meaning.FpuFunctions;
import org.lkpk.cpu.meaning.FpuMoves;
import org.lkpk.cpu.meaning.Meanings386;
import org.lkpk.cpu.meaning.Moves;
import org.lkpk.cpu.meaning.Multiplication;
import org.lkpk.cpu.meaning.PackedIntegers;
import org.lkpk.cpu.meaning.PackedShifts;
import org.lkpk.cpu.meaning.PackedShuffles;
import org.lkpk.cpu.meaning.Plain;
import org.lkpk.cpu.meaning.Same;
import org.lkpk.cpu.meaning.Segmentation;
import org.lkpk.cpu.meaning.Shifts;
import org.lkpk.cpu.meaning.SimdArithmetic;
import org.lkpk.cpu.meaning.SimdControl;
import org.lkpk.cpu.meaning.SimdConversions;
import org.lkpk.cpu.meaning.SimdMoves;
import org.lkpk.cpu.meaning.Stack;
import org.lkpk.cpu.meaning.Strings;
import org.lkpk.cpu.table.Form;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;

/** Binds the names of the opcode table to the static methods that say what instructions mean. */
public final class Meanings {
    private static final List<Class<?>> CLASSES = List.of(Arithmetic.class, Bits.class, Branches.class, Decimal.class,
            Division.class, Multiplication.class, Moves.class, Shifts.class, Stack.class, Strings.class, Control.class,
            Segmentation.class, FarTransfers.class, FpuArithmetic.class, FpuComparisons.class,
            FpuControl.class, FpuFunctions.class, FpuMoves.class, PackedIntegers.class, PackedShifts.class,
            PackedShuffles.class, SimdArithmetic.class, SimdControl.class, SimdConversions.class, SimdMoves.class);

    /** They do nothing if their last operand is 0. */
    private static final Set<String> COUNTED = Set.of("shl", "shr", "sar", "rol", "ror", "shld", "shrd");

    /** They neither set nor read flags, and between registers they cannot fault. */
    static final Set<String> MOVES = Set.of("mov", "lea", "movzx", "movsx_b", "movsx_w", "not", "nop", "xchg_a", "xchg_v", "cbw", "cwd",
            "bswap");

    private final Profile profile;
    private final Map<String, Method> methods = new HashMap<>();
    private final Map<String, Method> conditions = new HashMap<>();
    private final Map<String, Method> plain = new HashMap<>(), carries = new HashMap<>(), compared = new HashMap<>();

    /** Those of a model. */
    Meanings(Profile profile) {
        this.profile = profile;
        for (Class<?> c : CLASSES) collect(c, methods);
        collect(Conditions.class, conditions);
        collect(Plain.class, plain);
        collect(Carries.class, carries);
        collect(Compared.class, compared);
        if (profile != Profile.I386) return;
        for (Method m : Meanings386.class.getDeclaredMethods())
            if (Modifier.isPublic(m.getModifiers()) && methods.put(m.getName(), m) == null)
                throw new IllegalStateException("there is no " + m.getName() + " to stand in for");
    }

    public Meanings() {
        this(Profile.PENTIUM4);
    }

    private static void collect(Class<?> c, Map<String, Method> into) {
        for (Method m : c.getDeclaredMethods())
            if (Modifier.isPublic(m.getModifiers()) && into.put(m.getName(), m) != null)
                throw new IllegalStateException("two meanings are called " + m.getName());
    }

    /** Every method that a row may bind to, conditions apart. */
    public Map<String, Method> all() {
        return methods;
    }

    /** The meaning of a form for an operand size of 16 or 32. */
    public Method of(Form form, int operandSize) {
        Method plain = methods.get(form.name());
        if (plain != null) return plain;
        int bits = width(form, operandSize);
        Method sized = methods.get(form.name() + bits);
        if (sized == null) throw new IllegalStateException("no meaning for " + form + " with " + bits + " bits");
        return sized;
    }

    /** Whether a meaning takes the decoded instruction, instead of its operands' values. */
    static boolean whole(Method meaning) {
        Class<?>[] p = meaning.getParameterTypes();
        return p.length > 1 && p[p.length - 1] == Insn.class;
    }

    /** Whether a meaning is a function of its operands alone, and changes nothing. */
    static boolean pure(Method meaning) {
        boolean there = meaning.getDeclaringClass() == Moves.class || meaning.getName().equals("not");
        return there && meaning.getReturnType() == int.class;
    }

    /** Whether a meaning's result is its operand. */
    static boolean same(Method meaning) {
        return meaning.isAnnotationPresent(Same.class);
    }

    /** Whether a meaning may throw a fault. */
    static boolean faults(Method meaning) {
        Class<?> in = meaning.getDeclaringClass();
        return in != Arithmetic.class && in != Multiplication.class && in != Shifts.class && !pure(meaning);
    }

    /** Whether an instruction may fault. */
    boolean mayFault(Insn i) {
        if (i.form.name().equals("nop")) return false; // Its operand is not read.
        if (i.memory() || i.form.operands().contains(Operand.Ob) || i.form.operands().contains(Operand.Ov)) return true;
        return condition(i.form) != null ? i.form.ends() : !MOVES.contains(i.form.name()) && faults(of(i.form, i.operandSize));
    }

    /** What an instruction's result is without its flags, or null if that alone cannot be said. */
    Method plain(Insn i) {
        return condition(i.form) == null && parts(i) ? plain.get(of(i.form, i.operandSize).getName()) : null;
    }

    /** What the carry vector is after an instruction that {@link #plain} knows. */
    Method carries(Insn i) {
        return carries.get(of(i.form, i.operandSize).getName());
    }

    /** Whether its model has no other flags, and it is no shift that may be one by 0. */
    private boolean parts(Insn i) {
        if (of(i.form, i.operandSize).getDeclaringClass() == Meanings386.class) return false;
        List<Operand> operands = i.form.operands();
        if (!COUNTED.contains(i.form.name())) return true;
        Operand count = operands.get(operands.size() - 1);
        return count == Operand.ONE || count == Operand.Ib && (i.immediate & 31) != 0;
    }

    /** Whether it is the 80386's, with flags that later processors do not leave so. */
    boolean olderThanHosts(Insn i) {
        Class<?> in = of(i.form, i.operandSize).getDeclaringClass();
        return profile == Profile.I386 && (in == Meanings386.class || in == Bits.class);
    }

    /** What a meaning says that it may change, or null if it says nothing. */
    static Changes changes(Method meaning) {
        Changes own = meaning.getAnnotation(Changes.class);
        return own != null ? own : meaning.getDeclaringClass().getAnnotation(Changes.class);
    }

    /** The registers among those, as bits. */
    static int registers(Changes changes, Insn i) {
        int bits = 0;
        for (int r : changes.registers()) bits |= 1 << r;
        if (!changes.operands()) return bits;
        bits |= 1 << i.reg | 1 << (i.reg & 3);
        return i.memory() ? bits : bits | 1 << i.rm | 1 << (i.rm & 3);
    }

    /** What a condition is right after a comparison of two values of {@code bits}, or null. */
    Method compared(Method condition, int bits) {
        return compared.get(condition.getName() + bits);
    }

    /** Width of a form's first operand in bits; of an immediate that is pushed, the operand size. */
    static int width(Form form, int operandSize) {
        if (form.operands().isEmpty()) return operandSize;
        Operand first = form.operands().get(0);
        int bits = first.bits(operandSize);
        return bits == 0 ? operandSize : bits;
    }

    /** What Jcc, SETcc or CMOVcc asks, or null if the form is none of them. */
    public Method condition(Form form) {
        String name = form.name();
        if (methods.containsKey(name) || name.equals("jmp") || name.equals("jcxz")) return null;
        for (String stem : List.of("j", "set", "cmov"))
            if (name.startsWith(stem) && conditions.containsKey(name.substring(stem.length())))
                return conditions.get(name.substring(stem.length()));
        return null;
    }
}
