package org.lkpk.api.machine;

/** What stands in RAM before the kernel; a service that the bus calls at power-on and reset, on the machine's thread. */
public interface Firmware {
    /**
     * Puts {@code boot} into the machine's zeroed RAM and sets its CPU up for the first instruction.
     * Chips are in the state after reset.
     *
     * @throws BootRefused if the image, the RAM or the CPU does not do; nothing runs then
     */
    void load(Machine machine, Boot boot) throws BootRefused;
}
