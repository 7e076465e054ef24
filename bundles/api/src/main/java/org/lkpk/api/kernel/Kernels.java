package org.lkpk.api.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.lkpk.api.machine.Machine;

/** Finds kernels in RAM; a service of the patcher. Any thread. */
public interface Kernels {
    /** The kernel that runs on {@code machine}; empty while it has not come far enough to be known. */
    Optional<KernelImage> running(Machine machine);

    /**
     * Names a System.map for kernels that carry no symbols of their own; null takes it back.
     *
     * @throws IOException naming file and line if it is not one
     */
    void systemMap(Machine machine, Path file) throws IOException;
}
