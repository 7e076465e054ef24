package org.lkpk.bench.parts;

import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.table.Decoder;
import org.lkpk.cpu.table.OpTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What code costs that was never run before, or no longer is what it was. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FreshParts {
    /** A function's usual beginning and end: push, mov, sub, mov [ebp-4], imm; lea; cmp; jne; call; leave; ret. */
    private static final byte[] FUNCTION = HexFormat.of().parseHex("5589E583EC10C745FC010000008D45F83B45087507E8F0FFFFFFC9C3");
    private static final int INSTRUCTIONS = 10;
    private static final int BLOCKS = 1000, BLOCK_BYTES = 16;
    /** Loops long enough to be worth a translation, each anew. */
    private static final int WARM = 300_000;

    private final Decoder decoder = new Decoder(new OpTable(), Profile.PENTIUM3);
    private final Rig blocks = new Rig();
    private final Rig patched = Rig.with("C70505001000 00000000 B800000000 EBEF");
    private int round;

    /** One instruction decoded. */
    @Benchmark
    @OperationsPerInvocation(INSTRUCTIONS)
    public void decode(Blackhole hole) {
        int[] at = {0};
        for (int i = 0; i < INSTRUCTIONS; i++) hole.consume(decoder.decode(() -> FUNCTION[at[0]++] & 0xFF, 32));
    }

    /** One block of four instructions written by someone else, found to be new, decoded and run once. */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public void newBlock() {
        round++;
        // add eax, round; xor ebx, eax; inc ecx; jmp +7, to the next one.
        String code = String.format("81C0%08x 31C3 41 EB05 0000000000", Integer.reverseBytes(round));
        for (int i = 0; i < BLOCKS; i++) blocks.code(Rig.CODE + i * BLOCK_BYTES, code);
        blocks.cpu.register("eip", Rig.CODE);
        blocks.run(4 * BLOCKS);
    }

    /** One instruction of a loop that is new, gets warm and is left: interpreting, translating and running, all in all. */
    @Benchmark
    @OperationsPerInvocation(WARM)
    public void newLoop() {
        round++;
        // add eax, round; xor ebx, eax; lea ecx, [eax + 8 * ebx]; jmp back.
        blocks.code(Rig.CODE, String.format("81C0%08x 31C3 8D0CD8 EBF3", Integer.reverseBytes(round)));
        blocks.cpu.register("eip", Rig.CODE);
        blocks.run(WARM);
    }

    /** One write into an instruction's immediate, one run of it and a jump. */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public void selfModifying() {
        patched.run(3 * BLOCKS);
    }
}
