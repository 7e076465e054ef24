package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.bus.DmaPort;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.cpu.Memory;

/** A PC's two 8237A: channels 0..3 move bytes, 5..7 words, 4 joins the two; with the page latches at 81h–8Fh. */
final class DmaControllers {
    static final int BYTES = 0x00;
    static final int WORDS = 0xC0;
    static final int PAGES = 0x81;
    /** Channel of each page latch from 81h on; -1 where the latch is just a latch. */
    private static final int[] CHANNEL = {2, 3, 1, -1, -1, -1, 0, -1, 6, 7, 5, -1, -1, -1, 4};

    private final DmaController bytes;
    private final DmaController words;
    private final int[] latches = new int[CHANNEL.length];

    DmaControllers(Ports ports, Memory memory) {
        bytes = new DmaController(memory, 0);
        words = new DmaController(memory, 1);
        ports.claim(BYTES, 16, 1, chip(bytes, 0));
        ports.claim(WORDS, 32, 1, chip(words, 1));
        ports.claim(PAGES, CHANNEL.length, 1, new IoPort() {
            @Override
            public int in(int offset, int size) {
                return latches[offset];
            }

            @Override
            public void out(int offset, int size, int value) {
                latches[offset] = value;
                int channel = CHANNEL[offset];
                if (channel >= 0) chip(channel).page(channel & 3, value);
            }
        });
        reset();
    }

    private static IoPort chip(DmaController chip, int shift) {
        return new IoPort() {
            @Override
            public int in(int offset, int size) {
                return chip.read(offset >> shift);
            }

            @Override
            public void out(int offset, int size, int value) {
                chip.write(offset >> shift, value);
            }
        };
    }

    private DmaController chip(int channel) {
        return channel < 4 ? bytes : words;
    }

    /** All channels masked but the one through which the first controller works, as a BIOS leaves them. */
    void reset() {
        bytes.clear();
        words.clear();
        words.write(DmaController.MODE, DmaController.MODE_CASCADE);
        words.write(DmaController.MASK_ONE, 0);
    }

    /** Puts a card's end on a channel and returns its DREQ pin. */
    Wire connect(int channel, DmaPort port) {
        chip(channel).connect(channel & 3, port);
        return new Wire(high -> chip(channel).request(channel & 3, high));
    }

    void disconnect(int channel) {
        chip(channel).connect(channel & 3, null);
    }

    List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (int channel = 0; channel < 8; channel++)
            lines.add("dma " + channel + "  " + chip(channel).describe(channel & 3));
        return lines;
    }
}
