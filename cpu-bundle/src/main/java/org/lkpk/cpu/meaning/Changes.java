package org.lkpk.cpu.meaning;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a meaning, or each of a class, may change of the general registers, so that translated code can keep the others where
 * it has them. One that does not say may change all.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Changes {
    /** Numbers of the registers that it names itself. */
    int[] registers() default {};

    /** Whether those that the ModRM byte or the opcode names are among them. */
    boolean operands() default true;
}
