package org.lkpk.cpu.table;

/** A row of the opcode table. */
public final class Form { }
