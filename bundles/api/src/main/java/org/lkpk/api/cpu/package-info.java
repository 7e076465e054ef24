/** A processor, and the board as the processor sees it. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.lkpk.api.cpu;
