package org.lkpk.bus;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.lkpk.api.bus.Input;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Host input on its way to the cards: the one door through which it enters, at instruction boundaries. Its trace log
 * (instruction number, slot, name, bytes) is a whole recording.
 */
final class InputQueue {
    /** Bytes that may be in the way before who sends them has to wait. */
    static final int CAPACITY = 0x10000;
    private static final Logger LOG = LoggerFactory.getLogger(InputQueue.class);
    private static final int PIECE = 0x1000;

    private record Door(String slot, String name) { }

    private final Semaphore room = new Semaphore(CAPACITY, true);
    private final Map<Door, ArrayDeque<byte[]>> queues = new LinkedHashMap<>();
    private volatile boolean closed;

    /** Sends bytes by {@code thread}, which runs what it is given on the machine's thread; waits for room. Any thread. */
    void send(String slot, String name, byte[] bytes, Consumer<Runnable> thread) throws InterruptedException {
        Door door = new Door(slot, name);
        for (int from = 0; from < bytes.length; from += PIECE) {
            byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PIECE));
            room.acquire(piece.length);
            if (closed) throw new IllegalStateException("the machine is gone");
            thread.accept(() -> queues.computeIfAbsent(door, d -> new ArrayDeque<>()).add(piece));
        }
    }

    /** Gives the cards what they have room for; what is for no card is lost. */
    void deliver(Backplane backplane, long instruction) {
        if (queues.isEmpty()) return;
        for (Map.Entry<Door, ArrayDeque<byte[]>> entry : queues.entrySet()) {
            Door door = entry.getKey();
            if (backplane.away(door.slot())) continue;
            Input input = backplane.input(door.slot(), door.name());
            ArrayDeque<byte[]> queue = entry.getValue();
            while (!queue.isEmpty() && pass(door, input, queue, instruction)) { }
        }
        queues.values().removeIf(ArrayDeque::isEmpty);
    }

    /** Passes bytes of the first piece on; false if no more go through now. */
    private boolean pass(Door door, Input input, ArrayDeque<byte[]> queue, long instruction) {
        byte[] piece = queue.remove();
        int taken = piece.length;
        try {
            if (input != null) {
                taken = Math.max(0, Math.min(piece.length, input.room()));
                byte[] part = Arrays.copyOf(piece, taken);
                if (taken > 0) log(door, part, instruction);
                if (taken > 0) input.receive(part);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("input {} of slot {} failed", door.name(), door.slot(), e);
        }
        room.release(taken);
        if (taken < piece.length) queue.addFirst(Arrays.copyOfRange(piece, taken, piece.length));
        return taken > 0;
    }

    private static void log(Door door, byte[] part, long instruction) {
        if (LOG.isTraceEnabled())
            LOG.trace("input {} {} {} {}", instruction, door.slot(), door.name(), HexFormat.of().formatHex(part));
    }

    /** Everything on its way is lost. */
    void clear() {
        for (ArrayDeque<byte[]> queue : queues.values()) for (byte[] piece : queue) room.release(piece.length);
        queues.clear();
    }

    /** Nothing is taken any more; who waits for room gets an exception. */
    void close() {
        clear();
        closed = true;
        room.release(CAPACITY);
    }
}
