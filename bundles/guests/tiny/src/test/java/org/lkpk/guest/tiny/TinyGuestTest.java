package org.lkpk.guest.tiny;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.lkpk.api.guest.Guest;
import org.osgi.framework.BundleContext;

public class TinyGuestTest {
    private static final Path BUILD = Path.of("src/main/asm/build.sh");
    private static final Path BUILT = Path.of("src/main/resources/org/lkpk/guest/tiny");
    private static final int SETUP = 1024;
    private static final int TEXT = 0xc0100000;
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final Map<String, Integer> symbols = new HashMap<>();
    private byte[] kernel;

    @Before
    public void fetch() throws Exception {
        BundleContext context = (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, values) -> new File(folder.getRoot(), (String) values[0]));
        Guest.Image image = new TinyGuest(context).fetch(line -> { });
        kernel = image.boot().kernel();
        for (String line : Files.readAllLines(image.systemMap().orElseThrow())) {
            String[] words = line.split(" ");
            symbols.put(words[2], Integer.parseUnsignedInt(words[0], 16));
        }
    }

    private String entry(String function) {
        int at = SETUP + symbols.get(function) - TEXT;
        return HexFormat.of().formatHex(kernel, at, at + 5);
    }

    @Test
    public void imageIsWhatItsSourceBuilds() throws Exception {
        assumeTrue("as, ld, objcopy and nm", List.of("as", "ld", "objcopy", "nm").stream().allMatch(TinyGuestTest::tool));
        assertEquals(0, new ProcessBuilder("sh", BUILD.toString(), folder.getRoot().toString()).inheritIO().start().waitFor());
        for (String file : List.of("tiny.bin", "System.map"))
            assertArrayEquals(file + ": accept by: sh " + BUILD.toAbsolutePath(), Files.readAllBytes(BUILT.resolve(file)),
                    Files.readAllBytes(folder.getRoot().toPath().resolve(file)));
    }

    @Test
    public void imageIsABzImageOfItsWholeLength() {
        ByteBuffer header = ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x53726448, header.getInt(0x202));
        assertEquals(kernel.length, SETUP + 16 * header.getInt(0x1f4));
    }

    @Test
    public void functionsBeginWithAndWithoutTheNop() {
        for (String traced : List.of("banner_show", "ticks_show", "line_puts", "schedule"))
            assertEquals(traced, "3e8d742600", entry(traced));
        assertEquals("55 mov %esp,%ebp and the next one", "5589e5ba", entry("version_show").substring(0, 8));
    }

    @Test
    public void mapNamesTheKernelAlone() {
        assertEquals(TEXT, (int) symbols.get("_text"));
        assertTrue(symbols.containsKey("linux_banner"));
        assertTrue(symbols.values().stream().allMatch(address -> address < 0));
    }

    private static boolean tool(String name) {
        for (String place : System.getenv("PATH").split(File.pathSeparator))
            if (Files.isExecutable(Path.of(place, name))) return true;
        return false;
    }
}
