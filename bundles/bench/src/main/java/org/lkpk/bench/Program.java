package org.lkpk.bench;

import java.util.Locale;

/** The guest's programs, by the names that {@code init.c} has, with loops for about a second of QEMU's on a common PC. */
enum Program {
    LOOPS(Group.CPU, 180, "Collatz sequences, in registers"),
    SIEVE(Group.CPU, 550, "Eratosthenes, 200,000 bytes"),
    MATMUL(Group.CPU, 400, "matrices of 96 x 96 integers"),
    FIB(Group.CPU, 3000, "Fibonacci, recursive"),
    ACKERMANN(Group.CPU, 2000, "deep recursion"),
    VM(Group.CPU, 80_000, "bytecode machine with a jump table"),
    CALLBACKS(Group.CPU, 42_000, "calls through function pointers"),
    CRC32(Group.CPU, 2500, "CRC-32 by bytes, 64 KB"),
    SHA256(Group.CPU, 650, "SHA-256, 64 KB"),
    QUICKSORT(Group.CPU, 370, "20,000 integers"),
    HEAPSORT(Group.CPU, 270, "20,000 integers"),
    COPY(Group.CPU, 170, "1 MB by words, no REP"),
    WALK(Group.CPU, 700, "a chain through 8,192 pages"),
    NBODY(Group.X87, 100_000, "five bodies, doubles in memory"),
    NBODY80(Group.X87, 100_000, "five bodies, 80 bits in memory"),
    MANDELBROT(Group.X87, 100, "comparisons, all in registers"),
    SSE(Group.SIMD, 16_000, "packed singles"),
    SSE2(Group.SIMD, 60_000, "packed doubles and integers, on a Pentium 4"),
    MOVS(Group.STRINGS, 120, "rep movsd, 1 MB"),
    STOS(Group.STRINGS, 2000, "rep stosd, 1 MB"),
    CMPS(Group.STRINGS, 160, "repe cmpsd, 1 MB"),
    SCAS(Group.STRINGS, 500, "repne scasb, 1 MB"),
    SMC(Group.CODE, 130_000, "a write into an instruction, a call"),
    SMC_BESIDE(Group.CODE, 5_000_000, "a write beside one, a call"),
    SYSCALL(Group.SYSTEM, 1_000_000, "getppid by int 0x80"),
    SYSENTER(Group.SYSTEM, 1_200_000, "getppid by the vDSO"),
    FAULT(Group.SYSTEM, 280, "256 page faults, munmap"),
    FORK(Group.SYSTEM, 2200, "fork, exit, wait"),
    EXEC(Group.SYSTEM, 900, "fork, exec, exit, wait"),
    PIPE(Group.SYSTEM, 14_000, "a byte to and fro, two switches");

    /** A long run's loops, in those of a short one. */
    private static final int LONG = 6;

    final Group group;
    final String what;
    private final int count;

    Program(Group group, int count, String what) {
        this.group = group;
        this.count = count;
        this.what = what;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Model model() {
        return this == SSE2 ? Model.PENTIUM4 : Model.PENTIUM3;
    }

    int count(boolean longRun) {
        return longRun ? LONG * count : count;
    }

    Row row() {
        return new Row(word(), group, Row.Unit.SECONDS, what);
    }
}
