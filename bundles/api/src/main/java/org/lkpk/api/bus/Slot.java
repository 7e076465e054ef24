package org.lkpk.api.bus;

/**
 * What one card gets from the board. Every claim ends by itself when the card is pulled. To be called from
 * {@link Card#plug} only, save for {@link #reset}, {@link #exit} and what the others return.
 */
public interface Slot {
    /** The slot's name, unique in its machine: {@code com1}. */
    String name();

    /** A setting of the slot bundle's {@code LKPK-Slot} header, or {@code standard} if it gives none. */
    String setting(String key, String standard);

    /**
     * As {@link #setting}, read as a number: decimal, or hexadecimal after {@code 0x}.
     *
     * @throws IllegalArgumentException naming slot, key and value if it is not a number
     */
    int number(String key, int standard);

    /**
     * Claims the ports {@code first .. first + count - 1}, each {@code width} bytes wide: a wider access of the guest
     * arrives as several of this width, lowest address first; a narrower one arrives as it is.
     *
     * @param width 1, 2 or 4
     * @throws SlotConflict naming the owner if one of them is taken
     */
    void ports(int first, int count, int width, IoPort port);

    /** Claims {@code size} bytes of physical addresses from {@code base} on for device registers. */
    void memory(int base, int size, MemoryPort port);

    /**
     * Claims whole pages of physical addresses for RAM (or ROM, if not {@code writable} by the guest) that is fetched
     * from, translated and write-tracked as main memory is. Its bytes are zero at first and survive a reset.
     */
    Ram ram(int base, int size, boolean writable);

    /** Claims IRQ line 0..15; refused if another card has it, unless both ask for it {@code shared}. */
    Line irq(int line, boolean shared);

    /** Claims DMA channel 0..3 or 5..7; {@code port} is the card's end of its transfers. */
    Line dma(int channel, DmaPort port);

    /** One driver of the A20 gate: address line 20 is let through while any driver is high. */
    Line a20();

    /** Pulses the board's RESET line at the next instruction boundary; {@code cause} is shown to the user. */
    void reset(String cause);

    /** Asks the machine to end with this exit status; the guest is stopped at the next instruction boundary. */
    void exit(int status);

    /** The machine's virtual clock. */
    Clock clock();

    /** The host's end of this slot's serial cable; one that swallows everything while nothing is connected. */
    SerialEnd serial();

    /** Names a way in for the host: bytes given to the machine for this slot under {@code name} reach {@code input}. */
    void input(String name, Input input);
}
