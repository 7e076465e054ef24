package org.lkpk.patcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import org.lkpk.patcher.kernel.Kernel;

/**
 * The kernel's worker thread that calls functions in one guest for the patcher, one after the other ({@code struct call} in
 * runtime.c). A call may sleep there for seconds; nobody has to wait for it. For whoever has the patcher's turn.
 */
final class Worker {
    /** Of {@code struct call}: offsets, and the values of its state. */
    private static final int STATE = 0, FUNCTION = 4, ANSWER = 8, ARGUMENTS = 12, ROOM = 20, WANTED = 1, DONE = 3;
    private static final int MOST_ARGUMENTS = 2;
    /** For how long a call may take, and for how long one may have to wait for others. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Guest guest;
    private final Kernel kernel;
    private final int boot;
    private final int place;
    /** The last that was begun; null before the first. */
    private Call last;

    /** @param place of {@code lkpk_call} */
    Worker(Guest guest, Kernel kernel, int place) {
        this.guest = guest;
        this.kernel = kernel;
        boot = guest.boot();
        this.place = place;
    }

    /** Where a call's arguments may point to. */
    int room() {
        return place + ROOM;
    }

    /** Whether a call is under way, even one for which nobody waits any more. */
    boolean busy() {
        return last != null && last.running();
    }

    /** To be made: it begins as soon as it is looked at and no other is under way. */
    Call call(String what, int function) {
        return call(what, function, new int[MOST_ARGUMENTS], new int[0]);
    }

    /** @param room what an argument may point to */
    Call call(String what, int function, int[] arguments, int[] room) {
        return new Call(what, function, arguments, room);
    }

    private <T> T glance(Guest.Glance<T> work) throws GuestBusy {
        Optional<T> found = guest.glance(kernel, memory -> guest.boot() == boot ? work.at(memory) : null);
        return found.orElseThrow(() -> new GuestBusy(guest.boot() == boot ? "the guest does not come to rest" : "the guest was reset"));
    }

    static byte[] bytes(int word) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(word).array();
    }

    /** One call. */
    final class Call {
        private final String what;
        private final int function;
        private final int[] arguments;
        private final int[] room;
        private long end = System.nanoTime() + PATIENCE.toNanos();
        private boolean begun;
        private Integer answer;

        private Call(String what, int function, int[] arguments, int[] room) {
            this.what = what;
            this.function = function;
            this.arguments = arguments;
            this.room = room;
        }

        /**
         * Begins it if it can be, and looks whether it has returned.
         *
         * @throws GuestBusy if it takes too long; a call that was begun may be {@link #running} nevertheless
         */
        boolean returned() throws GuestBusy {
            if (answer != null) return true;
            if (!begun && !busy()) begin();
            if (begun) answer = glance(memory -> memory.word(place + STATE) == DONE ? Optional.of(memory.word(place + ANSWER)) : Optional.<Integer>empty())
                    .orElse(null);
            if (answer == null && System.nanoTime() > end)
                throw new GuestBusy(what + ": " + (begun ? "it has" : "cannot be called, since " + last.what + " has") + " not returned for " + PATIENCE.toMillis() + " ms");
            return answer != null;
        }

        private void begin() throws GuestBusy {
            glance(memory -> {
                memory.write(place + FUNCTION, bytes(function));
                for (int i = 0; i < arguments.length; i++) memory.write(place + ARGUMENTS + 4 * i, bytes(arguments[i]));
                for (int i = 0; i < room.length; i++) memory.write(place + ROOM + 4 * i, bytes(room[i]));
                memory.write(place + STATE, bytes(WANTED));
                return true;
            });
            begun = true;
            last = this;
            end = System.nanoTime() + PATIENCE.toNanos();
        }

        /** Whether the guest may be in it. */
        boolean running() {
            if (!begun || answer != null || last != this || guest.boot() != boot) return false;
            return guest.glance(kernel, memory -> memory.word(place + STATE) != DONE).orElse(true);
        }

        /** Whether it has returned, as far as was looked. */
        boolean over() {
            return answer != null;
        }

        /** What it has answered once it has returned. */
        int answer() {
            return answer;
        }

        /** Its name, for people. */
        String what() {
            return what;
        }

        /** Waits for its answer. */
        int await(Change.Between between) throws GuestBusy {
            try {
                while (!returned()) between.looks();
                return answer;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new GuestBusy("interrupted");
            }
        }
    }
}
