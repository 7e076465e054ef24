/** Reads, takes apart and writes ELF32 i386 relocatable objects. */
package org.lkpk.authoring.elf;
