#!/bin/sh
# Builds the image and its System.map into the folder $1 (default: where the bundle takes them from).
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here/../resources/org/lkpk/guest/tiny}" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
for part in setup head trap task serial show user; do
    as --32 -I "$here" -o "$work/$part.o" "$here/$part.s"
    objects="$objects $work/$part.o"
done
ld -m elf_i386 --build-id=none -T "$here/tiny.ld" -o "$work/tiny.elf" $objects
objcopy -O binary "$work/tiny.elf" "$out/tiny.bin"
chmod 644 "$out/tiny.bin"
# The kernel's own half alone: the tasks have names too.
nm -n "$work/tiny.elf" | grep '^c[0-9a-f]* [^aA]' | LC_ALL=C sort > "$out/System.map"
