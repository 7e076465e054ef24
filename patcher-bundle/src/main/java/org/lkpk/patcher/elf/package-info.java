/** Reads ELF32 i386 relocatable objects and links them into a running kernel. */
package org.lkpk.patcher.elf;
