// SPDX-License-Identifier: Apache-2.0
/*
 * Who asked for asynchronous I/O gets SIGIO, whatever signal it has chosen, and is woken up. That needs two functions of
 * the kernel of which it exports but one to modules; a patch may call both. In the guest, "sigio" shows the difference.
 */

#define SIGIO 29

struct task_struct;
struct fown_struct;
struct kernel_siginfo;

/* Of these, only wake_up_process is exported. */
extern int do_send_sig_info(int signal, struct kernel_siginfo *info, struct task_struct *task, int type);
extern int wake_up_process(struct task_struct *task);

/* SEND_SIG_PRIV: the kernel itself sends it. */
#define FROM_KERNEL ((struct kernel_siginfo *)1)

void send_sigio_to_task(struct task_struct *task, struct fown_struct *owner, int file, int reason, int type)
{
	do_send_sig_info(SIGIO, FROM_KERNEL, task, type);
	wake_up_process(task);
}
