package org.lkpk.bench;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The guest's programs, on this machine's own processor where that runs them. */
public final class ProgramsTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Figures run(String... names) throws IOException, InterruptedException {
        assumeTrue(Programs.onPath("gcc") && new Native().missing().isEmpty());
        Path program = Programs.build(folder.getRoot().toPath());
        Figures figures = new Figures(java.util.List.of("native"));
        try (Children children = new Children()) {
            for (Program p : Program.values())
                if (names.length == 0 || Arrays.asList(names).contains(p.word()))
                    new ProgramsTask(new Images(program, program, program, program), p.model(), java.util.List.of(p), false, name -> { })
                            .run(new Native(), children, figures);
        }
        return figures;
    }

    @Test
    public void theCommandLineHasRoomForAllOfThem() {
        String list = Arrays.stream(Program.values()).map(p -> p.word() + ":" + p.count(true)).collect(Collectors.joining(","));
        assertTrue(list, list.length() < 1500); // COMMAND_LINE_SIZE is 2048
    }

    @Test
    public void theyRunWithoutAnEmulatorToo() throws Exception {
        Figures figures = run("fib", "pipe", "exec");
        for (Row row : figures.rows()) assertEquals(row.name(), "", figures.error(row).orElse(""));
        assertEquals(3, figures.rows().size());
    }

    @Test
    public void theGuestKnowsAllOfThem() throws Exception {
        assumeTrue(Programs.onPath("gcc"));
        String source = new String(Programs.class.getResourceAsStream("init.c").readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        for (Program p : Program.values()) assertTrue(p.word(), source.contains("{\"" + p.word() + "\", "));
    }
}
