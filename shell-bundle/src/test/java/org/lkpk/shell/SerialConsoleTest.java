package org.lkpk.shell;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.Test;
import org.lkpk.api.machine.Console;
import org.lkpk.api.machine.Machine;

public final class SerialConsoleTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /** The test's thread stands for the machine's. */
    private final Machine machine = (Machine) Proxy.newProxyInstance(Machine.class.getClassLoader(), new Class<?>[] {Machine.class},
            (proxy, method, arguments) -> method.getName().equals("atRest") ? ((Callable<?>) arguments[2]).call() : null);
    private final SerialConsole console = new SerialConsole(machine);

    private void print(String text) {
        for (byte value : text.getBytes(StandardCharsets.ISO_8859_1)) console.send(value & 0xFF);
    }

    @Test
    public void oneWhoComesLateSeesWhatWasPrintedBefore() throws InterruptedException {
        print("login: ");
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        try (Console.Watch watch = console.watch(seen, true)) {
            print("root\n");
            assertTrue(watch.drain(LONG));
        }
        assertEquals("login: root\n", seen.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    public void historyKeepsTheLast64Kilobytes() {
        for (int i = 0; i < 70_000; i++) console.send(i);
        byte[] history = console.history();
        assertEquals(65_536, history.length);
        assertEquals((byte) 69_999, history[65_535]);
        assertEquals((byte) (70_000 - 65_536), history[0]);
    }

    @Test
    public void aWatcherThatDoesNotReadHoldsTheLineNotTheMachine() throws InterruptedException {
        CountDownLatch reading = new CountDownLatch(1);
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("in pieces, please");
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                try {
                    reading.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                seen.write(bytes, from, count);
            }
        };
        try (Console.Watch watch = console.watch(slow, false)) {
            int sent = 0;
            for (; console.ready(); sent++) console.send(sent);
            assertEquals(65_536, sent);
            assertFalse(watch.drain(Duration.ofMillis(1)));
            reading.countDown();
            assertTrue(watch.drain(LONG));
            assertTrue(console.ready());
            byte[] expected = new byte[sent];
            for (int i = 0; i < sent; i++) expected[i] = (byte) i;
            assertArrayEquals(expected, seen.toByteArray());
        }
    }

    @Test
    public void aWatcherThatFailsIsGivenUp() throws InterruptedException {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("closed");
            }
        };
        try (Console.Watch watch = console.watch(closed, false)) {
            for (int i = 0; i < 200_000; i++) console.send('x');
            assertTrue(watch.drain(LONG));
            assertTrue(console.ready());
        }
    }

    @Test
    public void everyByteOfABurstArrives() throws InterruptedException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        int sent = 0;
        try (Console.Watch watch = console.watch(seen, false)) {
            while (sent < 1_000_000) if (console.ready()) console.send(sent++ * 7 >> 3);
            assertTrue(watch.drain(LONG));
        }
        byte[] got = seen.toByteArray();
        assertEquals(sent, got.length);
        for (int i = 0; i < sent; i++) if (got[i] != (byte) (i * 7 >> 3)) throw new AssertionError("byte " + i);
    }
}
