/** A whole machine, its firmware, and what a host may ask of it. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.lkpk.api.machine;
