/** Makes patches out of changed kernel sources: {@code lkpk patch}. */
package org.lkpk.authoring;
