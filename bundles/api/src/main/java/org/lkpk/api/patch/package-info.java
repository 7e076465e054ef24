/** Live patches of the guest's kernel. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.lkpk.api.patch;
