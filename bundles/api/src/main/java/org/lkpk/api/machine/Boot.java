package org.lkpk.api.machine;

/**
 * What to boot.
 *
 * @param title of the kernel, for messages: its file name
 * @param kernel the whole image
 * @param initrd may be empty
 * @param append the kernel's command line
 */
public record Boot(String title, byte[] kernel, byte[] initrd, String append) { }
