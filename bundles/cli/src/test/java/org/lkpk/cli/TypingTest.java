package org.lkpk.cli;

import static org.junit.Assert.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.lkpk.api.machine.Console;

public final class TypingTest {
    private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
    private final AtomicInteger ended = new AtomicInteger();

    private String type(String keys, boolean escapes) {
        Console console = new Console() {
            @Override
            public byte[] history() {
                return new byte[0];
            }

            @Override
            public Watch watch(OutputStream out, boolean replay) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void type(byte[] bytes) {
                typed.writeBytes(bytes);
            }
        };
        new Typing(new ByteArrayInputStream(keys.getBytes(StandardCharsets.ISO_8859_1)), console, escapes, ended::incrementAndGet)
                .run();
        return typed.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    public void aPipeIsTypedByteForByte() {
        assertEquals("a\001x\003\377", type("a\001x\003\377", false));
        assertEquals(0, ended.get());
    }

    @Test
    public void ctrlAXEndsTheMachine() {
        assertEquals("ls\n", type("ls\n\001x", true));
        assertEquals(1, ended.get());
    }

    @Test
    public void ctrlAIsTypedByDoublingIt() {
        assertEquals("\001b\001", type("\001\001b\001a", true));
    }
}
