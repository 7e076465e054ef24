package org.lkpk.bench.parts;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Endless loops of few instructions: what one guest instruction of a kind costs when its code has long been hot. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HotParts {
    private static final int MANY = 20_000;

    /** add eax,ebx; add ecx,edx; xor ebx,ecx; add edx,eax; jmp: flags that nobody asks for. */
    private final Rig deadFlags = Rig.with("01D8 01D1 31CB 01C2 EBF6");
    /** add eax,1; adc ebx,ecx; setc dl; sbb esi,edi; jmp: each is asked for. */
    private final Rig liveFlags = Rig.with("83C001 11CB 0F92C2 19FE EBF4");
    /** cmp eax,ecx; jb +0; test al,1; jnz +0; inc eax; jmp */
    private final Rig branches = Rig.with("39C8 7200 A801 7500 40 EBF5");
    /** mov eax,[400000h]; mov [400004h],eax; add [400008h],eax; jmp: always the same page. */
    private final Rig onePage = Rig.with("A100004000 A304004000 010508004000 EBEE");
    /** mov eax,[esi+400000h]; add esi,1000h; and esi,3FFFFFh; jmp: a thousand pages in turn. */
    private final Rig manyPages = Rig.with("8B8600004000 81C600100000 81E6FFFF3F00 EBEC");
    /** mov eax,cr3; mov cr3,eax; mov ebx,[400000h]; mov ebx,[401000h]; mov ebx,[402000h]; jmp */
    private final Rig flushes = Rig.with("0F20D8 0F22D8 8B1D00004000 8B1D00104000 8B1D00204000 EBE6");
    /** fld1; fldpi; fmul st,st(1); fadd st,st(1); fstp st(1); fstp qword [400000h]; jmp */
    private final Rig fpu = Rig.with("D9E8 D9EB D8C9 D8C1 DDD9 DD1D00004000 EBEE");
    /** addps xmm0,xmm1; mulps xmm2,xmm1; jmp */
    private final Rig simd = Rig.with("0F58C1 0F59D1 EBF8");
    /** call +2; jmp -7; ret */
    private final Rig calls = Rig.with("E802000000 EBF9 C3");
    /** push eax; pop ebx; jmp */
    private final Rig stack = Rig.with("50 5B EBFC");

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void deadFlags() {
        deadFlags.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void liveFlags() {
        liveFlags.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void branches() {
        branches.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void onePage() {
        onePage.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void manyPages() {
        manyPages.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void flushes() {
        flushes.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void fpu() {
        fpu.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void simd() {
        simd.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void calls() {
        calls.run(MANY);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void stack() {
        stack.run(MANY);
    }
}
