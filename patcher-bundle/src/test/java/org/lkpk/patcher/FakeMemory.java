package org.lkpk.patcher;

import java.util.function.IntPredicate;
import org.lkpk.api.cpu.testing.Ram;

/** Main memory that loses writes. */
final class FakeMemory extends Ram {
    /** Addresses whose writes are lost. */
    IntPredicate dropped = address -> false;

    FakeMemory(byte[] bytes) {
        super(bytes);
    }

    @Override
    public void write(int address, byte[] source, int from, int count) {
        for (int i = 0; i < count; i++)
            if (!dropped.test(address + i)) super.write(address + i, source, from + i, 1);
    }
}
