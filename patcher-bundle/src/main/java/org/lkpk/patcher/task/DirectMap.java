package org.lkpk.patcher.task;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The guest's RAM by the linear addresses under which its kernel has all of it; for the machine's thread at rest. */
public final class DirectMap {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] ram;
    private final int size;
    private final int pageOffset;

    /**
     * @param size bytes of main memory, at the start of {@code ram}
     * @param pageOffset linear minus physical address
     */
    public DirectMap(byte[] ram, int size, int pageOffset) {
        this.ram = ram;
        this.size = size;
        this.pageOffset = pageOffset;
    }

    /** Whether a word lies there, aligned as the kernel's own words are. */
    boolean holds(int linear) {
        return (linear & 3) == 0 && Integer.compareUnsigned(linear - pageOffset, size - 4) <= 0;
    }

    /** The word at {@code linear}; 0 where there is no memory. */
    int word(int linear) {
        int at = linear - pageOffset;
        return Integer.compareUnsigned(at, size - 4) <= 0 ? (int) WORD.get(ram, at) : 0;
    }

    /** Text up to a NUL; empty if it is not printable or longer than {@code longest}. */
    String text(int linear, int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < longest; i++) {
            int at = linear - pageOffset + i;
            if (Integer.compareUnsigned(at, size) >= 0) return "";
            int c = ram[at] & 0xFF;
            if (c == 0) return text.toString();
            if (c < ' ' || c > '~') return "";
            text.append((char) c);
        }
        return "";
    }
}
