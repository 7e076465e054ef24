package org.lkpk.launcher;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class MainTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void theStateFolderIsTakenOutOfTheArguments() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-m", "64", "--state", "dir", "--no-reboot"));
        assertEquals(Path.of("dir"), Main.stateFolder(arguments));
        assertEquals(List.of("-m", "64", "--no-reboot"), arguments);
    }

    @Test
    public void noStateFolderMeansAPassingOne() throws IOException {
        assertNull(Main.stateFolder(new ArrayList<>(List.of("-m", "64"))));
    }

    @Test
    public void passingStorageIsDeletedAtTheEnd() throws IOException {
        Path kept;
        try (Storage storage = Storage.passing()) {
            kept = storage.folder();
            Files.createDirectories(kept.resolve("bundle1/data"));
            Files.writeString(kept.resolve("bundle1/data/file"), "x");
        }
        assertTrue(Files.notExists(kept));
    }

    @Test
    public void aSocketFolderThatOthersCanEnterIsRefused() throws IOException {
        Path open = folder.newFolder().toPath();
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThrows(Main.Refusal.class, () -> Sockets.ours(open));
    }

    @Test
    public void socketsLeftBehindAreRemoved() throws IOException {
        Path left = folder.newFile("gone.sock").toPath();
        assertEquals(Map.of(), Sockets.running(folder.getRoot().toPath()));
        assertTrue(Files.notExists(left));
    }

    @Test
    public void oneOfSeveralMachinesMustBeNamed() throws IOException {
        Map<String, Path> running = new TreeMap<>(Map.of("a", Path.of("a.sock"), "b", Path.of("b.sock")));
        assertEquals("attach: several machines, name one: a, b",
                assertThrows(Main.Refusal.class, () -> Attach.pick(running, null)).getMessage());
        assertEquals("attach: no machine c; running: a, b",
                assertThrows(Main.Refusal.class, () -> Attach.pick(running, "c")).getMessage());
        assertEquals(Path.of("b.sock"), Attach.pick(running, "b"));
    }
}
