/** Judges of the CPU from outside: what real processors did with the same instructions. */
package org.lkpk.conformance;
