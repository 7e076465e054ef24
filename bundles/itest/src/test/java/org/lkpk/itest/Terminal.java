package org.lkpk.itest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lkpk.api.machine.Console;

/** One who sits at a guest's serial terminal, types commands at its shell's prompt and reads the answers. */
final class Terminal implements AutoCloseable {
    /** Ours of Debian's busybox and of tiny; the number is the status of the command before. */
    private static final Pattern PROMPT = Pattern.compile("(?:lkpk|tiny):([0-9]+)# ");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Console console;
    private final Console.Watch watch;
    private final Printed printed = new Printed();
    private int status;

    Terminal(Console console) {
        this.console = console;
        watch = console.watch(printed, true);
    }

    /** Waits for the shell's next prompt; returns what came before it. */
    String prompt() throws InterruptedException {
        return prompt(PATIENCE);
    }

    String prompt(Duration patience) throws InterruptedException {
        return await(PROMPT, patience);
    }

    /** The exit status that the last prompt told. */
    int status() {
        return status;
    }

    /** What a command prints, between its echo and the next prompt. */
    String command(String line) throws InterruptedException {
        return command(line, PATIENCE);
    }

    String command(String line, Duration patience) throws InterruptedException {
        type(line + "\r");
        String answer = prompt(patience).replace("\r\n", "\n");
        int end = answer.indexOf('\n');
        if (end < 0) throw new AssertionError("no echo of " + line + " in: " + answer);
        return answer.substring(end + 1);
    }

    void type(String text) throws InterruptedException {
        console.type(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits for a text; returns what came before it, and both count as read. */
    String await(String text) throws InterruptedException {
        return await(Pattern.compile(Pattern.quote(text)), PATIENCE);
    }

    private String await(Pattern pattern, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (printed) {
            for (;;) {
                String unread = printed.toString(StandardCharsets.ISO_8859_1);
                Matcher matcher = pattern.matcher(unread);
                if (matcher.find()) {
                    if (matcher.groupCount() > 0) status = Integer.parseInt(matcher.group(1));
                    printed.forget(matcher.end());
                    return unread.substring(0, matcher.start());
                }
                long left = deadline - System.nanoTime();
                if (left <= 0)
                    throw new AssertionError("no " + pattern + " within " + patience.toSeconds() + " s; printed: " + unread);
                TimeUnit.NANOSECONDS.timedWait(printed, left);
            }
        }
    }

    @Override
    public void close() {
        watch.close();
    }

    /** What the guest has printed and nobody has read yet. */
    private static final class Printed extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            notifyAll();
        }

        synchronized void forget(int length) {
            System.arraycopy(buf, length, buf, 0, count - length);
            count -= length;
        }
    }
}
