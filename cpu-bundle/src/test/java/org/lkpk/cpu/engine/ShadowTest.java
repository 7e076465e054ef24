package org.lkpk.cpu.engine;

import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.OpTable;

/** STI lets one more instruction through before an interrupt, whenever that one comes up. */
public class ShadowTest {
    private static final int CODE = 0x10000, HANDLER = 0x20000;
    private static final int STI = 0xFB, INC_EAX = 0x40, HLT = 0xF4;

    private final Bench b = new Bench();
    private final CpuState s = b.s;
    private final Interpreter engine = new Interpreter(s, new OpTable(), Engine.TRANSLATOR);

    public ShadowTest() {
        b.store64(Bench.IDT + 8 * b.acknowledge(), Bench.gate(0x8E, Bench.CODE0, HANDLER, 0));
        b.store(HANDLER, 1, HLT);
        int[] code = {STI, INC_EAX, INC_EAX, INC_EAX, HLT};
        for (int i = 0; i < code.length; i++) b.store(CODE + i, 1, code[i]);
        s.r[ESP] = 0x8000;
        s.eip = CODE;
    }

    private void interrupt() {
        s.intr = true;
        s.attend();
    }

    private void assertTakenAfterOne() {
        assertEquals(Stop.DEAD, engine.run(s.count + 100));
        assertEquals(1, s.r[EAX]);
        assertEquals(CODE + 2, b.load(s.r[ESP], 4));
    }

    @Test
    public void oneThatWaitsComesAfterTheNextInstruction() {
        interrupt();
        assertTakenAfterOne();
    }

    @Test
    public void oneThatComesBehindStiWaitsForTheNextInstruction() {
        assertEquals(Stop.LIMIT, engine.run(1));
        interrupt();
        assertTakenAfterOne();
    }

    @Test
    public void oneThatComesWithAnOrderToStopWaitsForTheNextInstruction() {
        assertEquals(Stop.LIMIT, engine.run(1));
        engine.interject();
        assertEquals(Stop.INTERJECTED, engine.run(100));
        interrupt();
        assertTakenAfterOne();
    }

    @Test
    public void oneThatComesLaterIsTakenAtOnce() {
        assertEquals(Stop.LIMIT, engine.run(3));
        assertEquals(2, s.r[EAX]);
        interrupt();
        assertEquals(Stop.DEAD, engine.run(100));
        assertEquals(CODE + 3, b.load(s.r[ESP], 4));
    }

    @Test
    public void translatedCodeThatIsToldToStopBehindStiWaitsForTheNextInstruction() {
        int top = 0x12000, data = 0x30000, sti = top + 6;
        // top: mov ecx,[data]; sti; inc eax; cli; jmp top
        int[] code = {0x8B, 0x0D, 0, data >> 8 & 0xFF, data >> 16, 0, STI, INC_EAX, 0xFA, 0xEB, 0xF5};
        for (int i = 0; i < code.length; i++) b.store(top + i, 1, code[i]);
        Interpreter warm = new Interpreter(s, new OpTable(), 2, Tier.WARM);
        boolean[] stop = new boolean[1];
        warm.traps().on(data, 4, Cpu.Access.READ_OR_WRITE, (linear, size, write) -> {
            if (stop[0]) warm.interject();
        });
        s.eip = top;
        assertEquals(Stop.LIMIT, warm.run(500));
        assertEquals(1L, (long) warm.counters().get("regions held"));
        stop[0] = true;
        assertEquals(Stop.INTERJECTED, warm.run(1000));
        assertEquals(sti + 1, s.eip);
        int before = s.r[EAX];
        stop[0] = false;
        interrupt();
        assertEquals(Stop.DEAD, warm.run(1000));
        assertEquals(before + 1, s.r[EAX]);
        assertEquals(sti + 2, b.load(s.r[ESP], 4));
    }
}
