/** {@code lkpk bench}: programs of our own in a guest, and what they cost here and under other emulators. */
package org.lkpk.bench;
