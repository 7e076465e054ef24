/** The patcher's services: kernels that run, and patch bundles applied to them. */
package org.lkpk.patcher;
