// A machine of v86 with ttyS0 on standard output or in a file: node v86.mjs PACKAGE MEGABYTES KERNEL INITRD LINE [FILE]
import fs from "fs";

const [folder, megabytes, kernel, initrd, cmdline, file] = process.argv.slice(2);
const { V86 } = await import(folder + "/build/libv86.mjs");
// Debian's SeaBIOS; the package brings none.
const image = name => ({ buffer: new Uint8Array(fs.readFileSync(name)).buffer });
const pc = new V86({
    wasm_path: folder + "/build/v86.wasm",
    memory_size: Number(megabytes) << 20,
    vga_memory_size: 2 << 20,
    bios: image("/usr/share/seabios/bios.bin"),
    vga_bios: image("/usr/share/seabios/vgabios-stdvga.bin"),
    bzimage: image(kernel),
    initrd: image(initrd),
    cmdline,
    autostart: true,
    disable_speaker: true,
});
const out = file ? fs.openSync(file, "w") : 1;
let line = [];
// A byte at a time would measure write(2).
const flush = () => { if (line.length) fs.writeSync(out, Uint8Array.from(line)); line = []; };
pc.add_listener("serial0-output-byte", byte => { line.push(byte); if (byte === 10 || byte === 32) flush(); });
