/** The guest's tasks and their kernel stacks, read from outside. */
package org.lkpk.patcher.task;
