/** Signs patches and knows whose signatures count. */
package org.lkpk.trust;
