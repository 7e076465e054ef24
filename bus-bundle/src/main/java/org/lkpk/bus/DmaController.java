package org.lkpk.bus;

import org.lkpk.api.bus.DmaPort;
import org.lkpk.api.cpu.Memory;

/**
 * One 8237A DMA controller (Intel 8237A data sheet) with the page latches of its four channels. Transfers take no guest
 * time: a request is served at once, as long as it lasts. Not implemented: memory-to-memory, compressed timing, priorities
 * between channels.
 */
final class DmaController {
    /** Registers from 8 on, as written; below lie each channel's address and count. */
    static final int COMMAND = 0x08, REQUEST = 0x09, MASK_ONE = 0x0A, MODE = 0x0B, CLEAR_BYTE_POINTER = 0x0C,
            MASTER_CLEAR = 0x0D, CLEAR_MASK = 0x0E;
    /** And as read. */
    private static final int STATUS = 0x08, TEMPORARY = 0x0D;
    private static final int COMMAND_DISABLE = 0x04;
    private static final int SET = 0x04;
    private static final int MODE_TYPE = 0x0C;
    private static final int MODE_WRITE = 0x04;
    private static final int MODE_READ = 0x08;
    private static final int MODE_AUTO = 0x10;
    private static final int MODE_DOWN = 0x20;
    private static final int MODE_BLOCK = 0x80;
    static final int MODE_CASCADE = 0xC0;

    private final Memory memory;
    /** log2 of the bytes of one transfer unit. */
    private final int unit;
    private final Channel[] channels = {new Channel(), new Channel(), new Channel(), new Channel()};
    private int command;
    private int mask;
    private int software;
    private int counted;
    private boolean high;

    DmaController(Memory memory, int unit) {
        this.memory = memory;
        this.unit = unit;
        clear();
    }

    /** Master clear; page latches stay. */
    void clear() {
        command = 0;
        mask = 0x0F;
        software = 0;
        counted = 0;
        high = false;
    }

    void connect(int channel, DmaPort port) {
        channels[channel].port = port;
    }

    /** The DREQ pin of a channel. */
    void request(int channel, boolean on) {
        channels[channel].asking = on;
        serve();
    }

    int page(int channel) {
        return channels[channel].page;
    }

    void page(int channel, int value) {
        channels[channel].page = value;
    }

    int read(int register) {
        if (register < 8) return half((register & 1) == 0 ? channels[register >> 1].address : channels[register >> 1].count);
        if (register == STATUS) {
            int status = counted;
            for (int i = 0; i < 4; i++) if (channels[i].asking || (software & 1 << i) != 0) status |= 0x10 << i;
            counted = 0;
            return status;
        }
        // The temporary register, which only memory-to-memory transfers fill.
        return register == TEMPORARY ? 0 : 0xFF;
    }

    private int half(int value) {
        high = !high;
        return high ? value & 0xFF : value >> 8 & 0xFF;
    }

    void write(int register, int value) {
        if (register < 8) {
            program(channels[register >> 1], (register & 1) == 0, value);
            return;
        }
        int bit = 1 << (value & 3);
        switch (register) {
            case COMMAND -> command = value;
            case REQUEST -> software = (value & SET) != 0 ? software | bit : software & ~bit;
            case MASK_ONE -> mask = (value & SET) != 0 ? mask | bit : mask & ~bit;
            case MODE -> channels[value & 3].mode = value & 0xFC;
            case CLEAR_BYTE_POINTER -> high = false;
            case MASTER_CLEAR -> clear();
            case CLEAR_MASK -> mask = 0;
            default -> mask = value & 0x0F;
        }
        serve();
    }

    private void program(Channel channel, boolean address, int value) {
        high = !high;
        if (address) {
            channel.baseAddress = high ? channel.baseAddress & 0xFF00 | value : channel.baseAddress & 0xFF | value << 8;
            channel.address = channel.baseAddress;
        } else {
            channel.baseCount = high ? channel.baseCount & 0xFF00 | value : channel.baseCount & 0xFF | value << 8;
            channel.count = channel.baseCount;
        }
    }

    private void serve() {
        for (int i = 0; i < 4; i++) serve(i);
    }

    private void serve(int number) {
        Channel channel = channels[number];
        // A card that moves its DREQ pin while it is served comes back here.
        if (channel.busy || channel.port == null || (channel.mode & MODE_CASCADE) == MODE_CASCADE) return;
        channel.busy = true;
        boolean block = (channel.mode & MODE_CASCADE) == MODE_BLOCK;
        for (boolean going = asked(number); going; going = asked(number) || block && open(number)) {
            boolean last = channel.count == 0;
            transfer(channel, last);
            if (last) {
                terminal(number);
                break;
            }
        }
        channel.busy = false;
    }

    private boolean open(int number) {
        return (command & COMMAND_DISABLE) == 0 && channels[number].port != null;
    }

    private boolean asked(int number) {
        int bit = 1 << number;
        return open(number) && ((software & bit) != 0 || channels[number].asking && (mask & bit) == 0);
    }

    private void transfer(Channel channel, boolean last) {
        int address = unit == 0 ? channel.page << 16 | channel.address
                : (channel.page & 0xFE) << 16 | channel.address << 1;
        switch (channel.mode & MODE_TYPE) {
            case MODE_WRITE -> memory.store(address, 1 << unit, channel.port.read(last));
            case MODE_READ -> channel.port.write(memory.load(address, 1 << unit), last);
            // Verify: addresses and the count move, nothing else does.
            default -> channel.port.read(last);
        }
        channel.address = channel.address + ((channel.mode & MODE_DOWN) != 0 ? -1 : 1) & 0xFFFF;
        channel.count = channel.count - 1 & 0xFFFF;
    }

    private void terminal(int number) {
        Channel channel = channels[number];
        int bit = 1 << number;
        counted |= bit;
        software &= ~bit;
        if ((channel.mode & MODE_AUTO) != 0) {
            channel.address = channel.baseAddress;
            channel.count = channel.baseCount;
        } else {
            mask |= bit;
        }
    }

    String describe(int number) {
        Channel channel = channels[number];
        return String.format("page %02X  address %04X  count %04X  mode %02X  %s", channel.page, channel.address,
                channel.count, channel.mode, (mask & 1 << number) != 0 ? "masked" : "open");
    }

    private static final class Channel {
        private int baseAddress;
        private int baseCount;
        private int address;
        private int count;
        private int mode;
        private int page;
        private boolean asking;
        private boolean busy;
        private DmaPort port;
    }
}
