package org.lkpk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The figures' part of docs/performance.md, between two marks, and the chart beside it. */
record Report(Path docs) {
    private static final String BEGIN = "<!-- figures: written by ./lkpk bench --report -->\n", END = "<!-- end of figures -->\n";

    /** @param command as the user gave it, without paths that mean something here only */
    void write(String command, String table, String chart) throws IOException {
        Path page = docs.resolve("performance.md");
        String text = Files.readString(page);
        int from = text.indexOf(BEGIN), to = text.indexOf(END);
        if (from < 0 || to < from) throw new IOException(page + ": has no place for figures, between \"" + BEGIN.strip() + "\" and \"" + END.strip() + "\"");
        Files.writeString(page, text.substring(0, from + BEGIN.length()) + figures(command, table, !chart.isEmpty()) + text.substring(to));
        if (!chart.isEmpty()) Files.writeString(docs.resolve("performance.svg"), chart);
    }

    private static String figures(String command, String table, boolean chart) throws IOException {
        return LocalDate.now(ZoneOffset.UTC) + ", " + machine() + "; `./lkpk bench " + command + "`:\n\n```\n" + table + "```\n"
                + (chart ? "![Our CPU time divided by each peer's](performance.svg)\n" : "");
    }

    private static String machine() throws IOException {
        String processor = Files.readString(Path.of("/proc/cpuinfo")).lines().filter(line -> line.startsWith("model name")).findFirst()
                .map(line -> line.replaceFirst(".*: ", "")).orElse(System.getProperty("os.arch"));
        return Runtime.getRuntime().availableProcessors() + " cores of an " + processor.strip() + ", Java " + Runtime.version().feature();
    }
}
