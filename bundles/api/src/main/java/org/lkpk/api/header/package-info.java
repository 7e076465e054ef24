/** The headers by which bundles say what they are. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.lkpk.api.header;
