/** Random privileged sequences as images that any PC can run: what suite "privileged" has its peers and the processor do. */
package org.lkpk.conformance.privileged;
