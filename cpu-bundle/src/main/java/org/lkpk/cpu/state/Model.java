package org.lkpk.cpu.state;

import org.lkpk.api.cpu.Profile;

/** What a processor model has: CPUID's answers and the registers that come with them. */
public final class Model {
    private final Profile profile;

    public Model(Profile profile) {
        this.profile = profile;
    }

    /** Type, family, model, stepping, as RESET leaves them in EDX. */
    public int signature() {
        return switch (profile) {
            case I486 -> 0x435;
            case PENTIUM -> 0x52C;
            case P6 -> 0x619;
        };
    }
}
