package org.lkpk.bench;

import java.io.IOException;
import java.util.List;

/** Something that is measured with one start of an emulator. */
interface Task {
    String title();

    List<Row> rows();

    boolean suits(Emulator emulator);

    /** Measures once; a failure of the emulator is a failure of its rows. */
    void run(Emulator emulator, Children children, Figures figures) throws IOException, InterruptedException;
}
