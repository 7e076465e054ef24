package org.lkpk.bus;

import org.lkpk.api.bus.Line;

/**
 * One driver of a wire. Held, it remembers what it is told and keeps its level, so that a card that is being replaced
 * by its next version makes no edge.
 */
final class Wire implements Line {
    private final Line level;
    private boolean high;
    private boolean wanted;
    private boolean held;
    private boolean ended;

    /** @param level called for changes only */
    Wire(Line level) {
        this.level = level;
    }

    @Override
    public void set(boolean on) {
        if (ended) return;
        wanted = on;
        if (!held) drive(on);
    }

    /** Keeps the level until {@link #release}; what the next driver wants is low at first. */
    void hold() {
        held = true;
        wanted = false;
    }

    void release() {
        held = false;
        drive(wanted);
    }

    /** The driver is gone: low. */
    void end() {
        ended = true;
        drive(false);
    }

    private void drive(boolean on) {
        if (on == high) return;
        high = on;
        level.set(on);
    }
}
