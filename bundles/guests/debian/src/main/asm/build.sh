#!/bin/sh
# Builds our programs into the folder $1 (default: where the bundle takes them from).
set -e
here=$(dirname "$0")
out=${1:-$here/../resources/org/lkpk/guest/debian}
for program in serprobe sigio witness; do
    as --32 -o "$out/$program.o" "$here/$program.s"
    ld -m elf_i386 -z noseparate-code -s --build-id=none -o "$out/$program" "$out/$program.o"
    rm "$out/$program.o"
done
