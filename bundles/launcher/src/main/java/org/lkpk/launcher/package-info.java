/** What {@code java} starts: Felix with the bundles of features.xml, or the client of {@code lkpk attach}. */
package org.lkpk.launcher;
