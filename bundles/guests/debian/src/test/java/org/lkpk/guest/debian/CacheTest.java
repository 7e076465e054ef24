package org.lkpk.guest.debian;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class CacheTest {
    private static final Map<String, byte[]> FILES = Map.of("kernel", new byte[] {1, 2, 3});
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Path home;
    private Cache cache;

    @Before
    public void emptyCache() {
        home = folder.getRoot().toPath().resolve("lkpk");
        cache = new Cache(home, "guest");
    }

    private void fill() throws Exception {
        cache.fill(work -> FILES, line -> { });
    }

    @Test
    public void treeIsThereWholeOrNotAtAll() throws Exception {
        assertThrows(IOException.class, () -> cache.fillTree((work, made) -> {
            Files.write(made.resolve("half"), new byte[] {1});
            throw new IOException("out of paper");
        }, line -> { }));
        assertTrue(cache.tree().isEmpty());
        Path tree = cache.fillTree((work, made) -> Files.write(made.resolve("a"), new byte[] {1}), line -> { });
        assertTrue(Files.exists(tree.resolve("a")));
        cache.fillTree((work, made) -> {
            throw new IOException("made twice");
        }, line -> { });
    }

    @Test
    public void emptyCacheReadsNothing() {
        assertTrue(cache.read().isEmpty());
    }

    @Test
    public void whatWasFilledIsRead() throws Exception {
        fill();
        assertArrayEquals(FILES.get("kernel"), cache.read().get("kernel"));
    }

    @Test
    public void oneThatLacksWhatIsWantedIsFilledAnew() throws Exception {
        fill();
        Map<String, byte[]> more = Map.of("kernel", new byte[] {4}, "module", new byte[] {5});
        Cache newer = new Cache(home, "guest", Set.of("module"));
        assertTrue(newer.read().isEmpty());
        assertArrayEquals(new byte[] {5}, newer.fill(work -> more, line -> { }).get("module"));
        assertArrayEquals(new byte[] {4}, cache.read().get("kernel"));
    }

    @Test
    public void damagedFileMakesItEmpty() throws Exception {
        fill();
        Files.write(cache.folder().resolve("kernel"), new byte[] {1, 2, 4});
        assertTrue(cache.read().isEmpty());
    }

    @Test
    public void failureLeavesNothingHalfDone() {
        assertThrows(IOException.class, () -> cache.fill(work -> {
            Files.write(work.resolve("part"), new byte[100]);
            throw new IOException("network");
        }, line -> { }));
        assertEquals(List.of("guest.lock"), List.of(home.toFile().list()));
    }

    @Test
    public void remainsOfAKilledProcessAreCleared() throws Exception {
        Files.createDirectories(home.resolve("guest.tmp123/archives"));
        fill();
        assertFalse(Files.exists(home.resolve("guest.tmp123")));
    }

    @Test
    public void secondWaitsAndTakesWhatTheFirstMade() throws Exception {
        CountDownLatch filling = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        FutureTask<Map<String, byte[]>> first = new FutureTask<>(() -> cache.fill(work -> {
            filling.countDown();
            try {
                waiting.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return FILES;
        }, line -> { }));
        new Thread(first).start();
        filling.await(10, TimeUnit.SECONDS);
        List<String> lines = new CopyOnWriteArrayList<>();
        Map<String, byte[]> files = cache.fill(work -> {
            throw new IOException("made twice");
        }, line -> {
            lines.add(line);
            waiting.countDown();
        });
        assertArrayEquals(FILES.get("kernel"), files.get("kernel"));
        assertEquals(List.of("waiting for process " + ProcessHandle.current().pid() + ", which gets the same"), lines);
        first.get();
    }

    @Test
    public void placeThatCannotBeIsNamed() throws Exception {
        Files.createFile(home);
        IOException e = assertThrows(IOException.class, this::fill);
        assertTrue(e.getMessage(), e.getMessage().startsWith(home.toString()));
    }
}
