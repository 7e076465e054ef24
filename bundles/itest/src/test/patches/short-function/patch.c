// SPDX-License-Identifier: Apache-2.0
unsigned long native_save_fl(void)
{
	return 0;
}
