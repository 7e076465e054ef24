package org.lkpk.cli;

/** The options of {@code lkpk run}, the shell and the demo; QEMU's names where QEMU has the same. */
enum Option {
    KERNEL("kernel", "FILE", "boot this kernel, a bzImage"),
    INITRD("initrd", "FILE", "and this initial RAM disk"),
    APPEND("append", "LINE", "the kernel's command line"),
    GUEST("guest", "NAME", "boot a guest that the kit knows how to get: debian, tiny; debian:RELEASE for another of its kernels"),
    MEMORY("m", "SIZE", "RAM: 16M to 1536M; M unless said otherwise (256)"),
    CPU("cpu", "MODEL", "386, 486, pentium, 686, pentium3 or pentium4 (pentium4)"),
    ENGINE("engine", "NAME", "interpreter, translator to the host's code, translator-all of all at once (translator)"),
    SERIAL("serial", "WHERE", "ttyS0: stdio, none or file:PATH (run: stdio; shell: none)"),
    PATCH("patch", "FILE", "apply this patch bundle as soon as the kernel runs; may be given again"),
    NO_REBOOT("no-reboot", "", "a reset ends the machine instead of booting again"),
    TIMEOUT("timeout", "SECONDS", "end after so long, with exit status 124"),
    DETERMINISTIC("deterministic", "", "time counts instructions: one seed, one run"),
    SEED("seed", "NUMBER", "initial time stamp and clock of a deterministic machine"),
    NAME("name", "NAME", "the machine's name, for attach (lkpk- and the process's number)"),
    ALLOW_UNSIGNED("allow-unsigned", "", "apply patches that nobody vouches for; the prompt and the log say so"),
    STATE("state", "DIR", "keep installed bundles here from run to run"),
    HELP("help", "", "this list");

    /** Without dashes. */
    final String title;
    /** What follows it; empty if nothing does. */
    final String argument;
    final String meaning;

    Option(String title, String argument, String meaning) {
        this.title = title;
        this.argument = argument;
        this.meaning = meaning;
    }

    /** As users write it. */
    String dashed() {
        return (title.length() == 1 ? "-" : "--") + title;
    }

    /** Whether no value follows it. */
    boolean bare() {
        return argument.isEmpty();
    }

    static String help() {
        StringBuilder text = new StringBuilder("""
                lkpk [OPTIONS]             the Felix shell on the terminal, the machine booting (Debian unless told otherwise)
                lkpk run [OPTIONS]         a machine with ttyS0 on standard input and output; ctrl-a x ends it
                lkpk demo [OPTIONS]        boots a guest, patches it while it runs, plugs cards; exit status 0 if all held
                lkpk attach [NAME] 'CMD'   a command of the Felix shell in a running machine; none: names of the running
                lkpk patch --help          makes patches of changed kernel sources, and checks them

                One dash or two, as QEMU has them:
                """);
        for (Option option : values())
            text.append(String.format("  %-24s %s%n", (option.dashed() + " " + option.argument).trim(), option.meaning));
        return text.append("""

                Exit status: the guest's end 0 (HLT with interrupts off, reset under --no-reboot), 3 triple fault under
                --no-reboot, 124 timeout, (v<<1)|1 for v written to port 0xF4, 2 for what was asked wrongly.
                """).toString();
    }
}
