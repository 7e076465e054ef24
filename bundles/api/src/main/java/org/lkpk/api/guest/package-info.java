/** Guest systems that the kit knows how to get. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.3.0")
package org.lkpk.api.guest;
