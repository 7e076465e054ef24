/** C sources as text: what changed between two, where a name is defined. */
package org.lkpk.authoring.source;
