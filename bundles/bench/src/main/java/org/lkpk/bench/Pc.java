package org.lkpk.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A machine that an emulator is to be, with {@link #MEGABYTES} of RAM.
 *
 * @param program what a process of the host can run instead, if there is such a thing
 * @param list the programs to run, as {@code init.c} reads them; may be empty
 * @param serial the file that ttyS0 goes to; standard output if there is none
 */
record Pc(Path kernel, Path initrd, String append, Model model, Optional<Path> program, String list, Optional<Path> serial) {
    static final int MEGABYTES = 256;
    private static final String CONSOLE = "console=ttyS0,115200 panic=-1";

    static Pc programs(Images images, Model model, String list) {
        return new Pc(images.kernel(), images.programs(), CONSOLE + " quiet cryptomgr.notests bench=" + list, model,
                Optional.of(images.program()), list, Optional.empty());
    }

    static Pc debian(Images images, String more) {
        return new Pc(images.kernel(), images.debian(), (CONSOLE + " " + more).strip(), Model.PENTIUM3, Optional.empty(), "", Optional.empty());
    }

    Pc withSerial(Path file) {
        return new Pc(kernel, initrd, append, model, program, list, Optional.of(file));
    }
}
