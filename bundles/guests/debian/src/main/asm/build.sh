#!/bin/sh
# Builds serprobe into the folder $1 (default: where the bundle takes it from).
set -e
here=$(dirname "$0")
out=${1:-$here/../resources/org/lkpk/guest/debian}
as --32 -o "$out/serprobe.o" "$here/serprobe.s"
ld -m elf_i386 -n -s --build-id=none -o "$out/serprobe" "$out/serprobe.o"
rm "$out/serprobe.o"
