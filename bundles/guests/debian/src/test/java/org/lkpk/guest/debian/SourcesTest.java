package org.lkpk.guest.debian;

import static org.junit.Assert.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SourcesTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Path etc;

    @Before
    public void parts() throws Exception {
        etc = folder.getRoot().toPath();
        Files.createDirectory(etc.resolve("sources.list.d"));
    }

    private static String ours(String uri, String suite) {
        return "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " + uri + " " + suite + " main";
    }

    @Test
    public void linesAreTakenWithoutTheirOptions() throws Exception {
        Files.writeString(etc.resolve("sources.list"), """
                # deb http://commented.example/debian bookworm main
                deb [arch=amd64 signed-by=/x.gpg] http://one.example/debian bookworm main contrib # ours
                deb-src http://one.example/debian bookworm main
                deb http://one.example/security bookworm-security main
                """);
        assertEquals(List.of(ours("http://one.example/debian", "bookworm"), ours("http://one.example/security", "bookworm-security")),
                Sources.of(etc));
    }

    @Test
    public void stanzasMultiplyUrisAndSuites() throws Exception {
        Files.writeString(etc.resolve("sources.list.d/debian.sources"), """
                Types: deb deb-src
                URIs: http://one.example/debian
                # a comment
                Suites: bookworm
                 bookworm-updates
                Components: main

                Types: deb
                URIs: http://two.example/debian
                Suites: bookworm
                Components: main
                Enabled: no
                """);
        assertEquals(List.of(ours("http://one.example/debian", "bookworm"), ours("http://one.example/debian", "bookworm-updates")),
                Sources.of(etc));
    }

    @Test
    public void otherReleasesAndVendorsAreLeftOut() throws Exception {
        Files.writeString(etc.resolve("sources.list.d/other.list"), """
                deb http://one.example/debian trixie main
                deb http://vendor.example/debian bookworm stable
                deb cdrom:[Debian]/ bookworm main
                deb http://vendor.example/flat ./
                """);
        assertEquals(List.of(), Sources.of(etc));
    }

    @Test
    public void machineWithoutSourcesHasNone() throws Exception {
        assertEquals(List.of(), Sources.of(etc.resolve("nowhere")));
    }

    @Test
    public void mirrorOfTheUserStandsAlone() {
        assertEquals(List.of(ours("http://mine.example/debian", "bookworm")), Sources.of("http://mine.example/debian"));
    }
}
