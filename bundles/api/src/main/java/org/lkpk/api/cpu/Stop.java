package org.lkpk.api.cpu;

/** Why {@link Cpu#run} came back. */
public enum Stop {
    /** The instruction count reached the limit. */
    LIMIT,
    /** HLT: nothing happens until an interrupt. */
    HALT,
    /** HLT with interrupts disabled: nothing but NMI or RESET ends it. */
    DEAD,
    /** A boundary in user mode, as asked for. */
    USER,
    /** {@link Cpu#interject}, or a board event that a device raised (reset, exit). */
    INTERJECTED,
    /** Triple fault: the CPU is in shutdown; the machine resets it. */
    SHUTDOWN
}
