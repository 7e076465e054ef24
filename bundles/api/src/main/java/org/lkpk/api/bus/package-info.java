/** What an expansion card sees of the board it is plugged into. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.lkpk.api.bus;
