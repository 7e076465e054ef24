package org.lkpk.demo;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lkpk.api.machine.Console;

/** Types commands into the guest's shell and reads what comes. Its prompt ends in {@code :N# }, N the last status. */
final class Shell implements AutoCloseable {
    private static final Pattern ESCAPE = Pattern.compile("\033\\[[0-9;]*[A-Za-z]");

    private final Console console;
    private final Console.Watch watch;
    private final Pattern prompt;
    private final Duration patience;
    /** What the guest printed and nobody has taken yet. */
    private final StringBuilder unread = new StringBuilder();
    private String end = "";

    Shell(Console console, String name, Duration patience) {
        this.console = console;
        this.patience = patience;
        prompt = Pattern.compile("(?<![^\n])" + name + ":(\\d+)# (?:\033\\[6n)?$");
        watch = console.watch(new Ear(), true);
    }

    /** What a command printed, and its status. */
    record Answer(String text, int status) { }

    /** Waits for the prompt that the guest shows when it is ready. */
    void ready(Duration deadline) throws Failure, InterruptedException {
        take(prompt, "a shell's prompt", deadline);
    }

    Answer run(String command) throws Failure, InterruptedException {
        return run(command, patience);
    }

    Answer run(String command, Duration deadline) throws Failure, InterruptedException {
        type(command + "\n");
        return answer(command, deadline);
    }

    /** Waits for the end of a command that has been typed. */
    Answer answer(String command, Duration deadline) throws Failure, InterruptedException {
        StringBuilder before = new StringBuilder();
        Matcher end = take(prompt, "the end of " + command, deadline, before);
        String text = ESCAPE.matcher(before).replaceAll("");
        return new Answer(text.substring(text.indexOf('\n') + 1).strip(), Integer.parseInt(end.group(1)));
    }

    /** What a command prints; a failure if its status is not 0. */
    String output(String command) throws Failure, InterruptedException {
        Answer answer = run(command);
        if (answer.status() != 0) throw new Failure(command + ": status " + answer.status() + ", " + answer.text());
        return answer.text();
    }

    void type(String text) throws InterruptedException {
        console.type(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits for something to be printed and takes it, with all before it. */
    Matcher expect(String pattern) throws Failure, InterruptedException {
        return take(Pattern.compile(pattern), "an answer like " + pattern, patience);
    }

    /** Waits until so many lines wait to be read. */
    synchronized void lines(int count) throws Failure, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (unread.chars().filter(letter -> letter == '\n').count() < count) await(count + " lines", until, patience);
    }

    private Matcher take(Pattern pattern, String what, Duration deadline) throws Failure, InterruptedException {
        return take(pattern, what, deadline, new StringBuilder());
    }

    private synchronized Matcher take(Pattern pattern, String what, Duration deadline, StringBuilder before)
            throws Failure, InterruptedException {
        long until = System.nanoTime() + deadline.toNanos();
        while (true) {
            Matcher found = pattern.matcher(unread.toString());
            if (found.find()) {
                before.append(unread, 0, found.start());
                unread.delete(0, found.end());
                return found;
            }
            await(what, until, deadline);
        }
    }

    private void await(String what, long until, Duration deadline) throws Failure, InterruptedException {
        if (!end.isEmpty()) throw new Failure(what + ": the machine has ended: " + end);
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) throw new Failure(what + ": not within " + deadline.toSeconds() + " s; last seen: " + tail());
        wait(left);
    }

    private String tail() {
        return unread.substring(Math.max(0, unread.length() - 160)).replaceAll("[^ -~]+", " ").strip();
    }

    /** The machine has ended, so that nothing will come any more. */
    synchronized void ended(String cause) {
        end = cause;
        notifyAll();
    }

    @Override
    public void close() {
        watch.close();
    }

    private final class Ear extends OutputStream {
        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            synchronized (Shell.this) {
                for (int i = from; i < from + count; i++) if (bytes[i] != '\r') unread.append((char) (bytes[i] & 0xFF));
                Shell.this.notifyAll();
            }
        }
    }
}
