package org.lkpk.cli;

import java.util.List;
import java.util.Map;

/** QEMU's options that are not ours, with the reason, since people will try them. */
final class QemuOptions {
    private static final Map<String, List<String>> MISSING = Map.of(
            "there are no disks", List.of("hda", "hdb", "hdc", "hdd", "fda", "fdb", "cdrom", "drive", "blockdev", "snapshot",
                    "boot", "sd", "mtdblock", "pflash"),
            "there is no network card", List.of("net", "netdev", "nic"),
            "there is no display; the console is ttyS0", List.of("nographic", "display", "vga", "vnc", "spice", "curses",
                    "full-screen", "g"),
            "there is one board and one processor, emulated", List.of("smp", "machine", "M", "accel", "enable-kvm",
                    "numa", "no-acpi", "no-hpet", "icount", "rtc", "smbios"),
            "cards are bundles, started in the shell", List.of("device", "global", "usb", "usbdevice", "object", "chardev",
                    "parallel", "virtfs", "fsdev", "audio"),
            "use the shell or lkpk attach", List.of("monitor", "mon", "qmp", "qmp-pretty", "S", "d", "D", "trace"),
            "there is no debugger's port", List.of("s", "gdb"),
            "kernels are entered by the Linux boot protocol, no firmware image runs", List.of("bios", "L", "dtb", "fw_cfg",
                    "option-rom"),
            "a machine's state is not kept", List.of("loadvm", "incoming", "only-migratable"),
            "the machine runs in the foreground, as you", List.of("daemonize", "pidfile", "runas", "chroot", "sandbox",
                    "no-shutdown", "uuid", "k", "version"));

    private QemuOptions() { }

    /** Why {@code title} is not there; empty if QEMU has no such option either. */
    static String reason(String title) {
        for (Map.Entry<String, List<String>> group : MISSING.entrySet())
            if (group.getValue().contains(title)) return group.getKey();
        return "";
    }
}
