package org.lkpk.conformance;

import java.util.List;

/** Makes the cases of a recording, always the same ones for one seed and form, so that it need not hold them. */
final class Cases {
    /** What memory holds where a case says nothing else. */
    final byte[] background = new byte[Case.SPAN];
    private final long seed;
    private final SequenceCases sequences;
    /** That of the last case. */
    private Form form;
    private long formSeed;

    /** @param forms all of the recording: sequences consist of them */
    Cases(long seed, List<Form> forms) {
        this.seed = seed;
        sequences = new SequenceCases(forms);
        Dice d = new Dice(seed);
        for (int i = 0; i < Case.DATA_SIZE; i += 4) {
            int v = d.value();
            for (int k = 0; k < 4; k++) background[i + k] = (byte) (v >> 8 * k);
        }
    }

    Case make(Form f, int number) {
        Case c = new Case(f, background);
        if (f != form) {
            form = f;
            formSeed = Dice.seed(seed, f.title());
        }
        Dice d = Dice.numbered(formSeed, number);
        if (f.names(Form.SEQUENCE, SequenceCases.SELF_MODIFYING)) sequences.make(c, d);
        else if (f.table().equals("x87")) FpuCases.make(c, d);
        else if (f.table().equals("sse")) SimdCases.make(c, d);
        else IntegerCases.make(c, d);
        return c;
    }
}
