package org.lkpk.conformance;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.Packages;

/**
 * What suites run with.
 *
 * @param project the project's folder
 * @param suites the folder of suites from outside
 * @param rom that of test386.asm, if there is one
 * @param seed for what is made anew
 * @param fetch whether what is not there may be fetched
 * @param processors makes a processor that is plugged nowhere
 * @param engine by which all of them run
 * @param debian the guest whose kernel the suites of a whole machine boot
 * @param progress is given lines for people
 */
record Setting(Path project, Path suites, Optional<Path> rom, long seed, boolean fetch, Supplier<Cpu> processors, Engine engine, Packages packages, Guest debian,
        Consumer<String> progress) { }
