/** What of a compiled file has changed, and what a live patch must hold of it. */
package org.lkpk.authoring.compare;
