/** Finds kernels in a guest's memory and reads their symbols; knows nothing of machines. */
package org.lkpk.patcher.kernel;
