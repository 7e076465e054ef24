package org.lkpk.bench;

import java.nio.file.Path;

/**
 * The files that all emulators boot.
 *
 * @param kernel Debian's
 * @param debian busybox and a shell
 * @param programs an initramfs of our own program alone
 * @param program the same as a file of the host
 */
record Images(Path kernel, Path debian, Path programs, Path program) { }
