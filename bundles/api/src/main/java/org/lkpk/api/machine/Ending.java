package org.lkpk.api.machine;

/**
 * How a machine ended by itself.
 *
 * @param status exit status for the host: 0 for HLT with interrupts off and for a reset without reboot, 3 for a triple
 *     fault without reboot, else what a card asked for
 * @param cause a line for people
 */
public record Ending(int status, String cause) { }
