package org.lkpk.demo;

import java.io.OutputStream;

/** Shows the guest's console as it comes, each line indented; the guest's escape sequences are left out. */
final class Screen extends OutputStream {
    private final Report report;
    private final StringBuilder line = new StringBuilder();
    private boolean escaped;

    Screen(Report report) {
        this.report = report;
    }

    @Override
    public synchronized void write(int value) {
        char letter = (char) (value & 0xFF);
        if (escaped) escaped = !Character.isLetter(letter);
        else if (letter == 0x1B) escaped = true;
        else if (letter == '\n') end();
        else if (letter >= ' ' && letter < 0x7F) line.append(letter);
    }

    /** Shows what stands on an unfinished line. */
    synchronized void end() {
        if (!line.isEmpty()) report.out().println("      " + report.dim("| " + line));
        line.setLength(0);
    }
}
