package org.lkpk.launcher;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class FeaturesTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Features features(String body) throws IOException {
        Path file = folder.newFile().toPath();
        Files.writeString(file, "<features name='x' xmlns='http://karaf.apache.org/xmlns/features/v1.6.0'>" + body + "</features>");
        return new Features(file);
    }

    private List<String> bundles(String body) throws IOException {
        return features(body).bundles("a").stream().map(Features.Entry::location).toList();
    }

    @Test
    public void includedFeaturesComeFirst() throws IOException {
        assertEquals(List.of("mvn:g/two/1", "mvn:g/one/1"), bundles("<feature name='a'><feature>b</feature><bundle>mvn:g/one/1"
                + "</bundle></feature><feature name='b'><bundle>mvn:g/two/1</bundle></feature>"));
    }

    @Test
    public void aBundleNamedTwiceIsThereOnce() throws IOException {
        assertEquals(List.of("mvn:g/one/1"), bundles("<feature name='a'><feature>b</feature><bundle>mvn:g/one/1</bundle>"
                + "</feature><feature name='b'><bundle>mvn:g/one/1</bundle></feature>"));
    }

    @Test
    public void levelAndStartAreRead() throws IOException {
        assertEquals(List.of(new Features.Entry("mvn:g/one/1", 50, false), new Features.Entry("mvn:g/two/1", 80, true)),
                List.copyOf(features("<feature name='a'><bundle start-level='50' start='false'>mvn:g/one/1</bundle>"
                        + "<bundle> mvn:g/two/1 </bundle></feature>").bundles("a")));
    }

    @Test
    public void jarsLieInMavensLayout() {
        assertEquals(Path.of("system/org/lkpk/org.lkpk.api/0.1.0/org.lkpk.api-0.1.0.jar"),
                new Features.Entry("mvn:org.lkpk/org.lkpk.api/0.1.0", 40, true).jar(Path.of("system")));
    }

    @Test
    public void aFeatureThatIsNotThereIsNamed() throws IOException {
        Features none = features("");
        assertEquals("features.xml: no feature a", assertThrows(IOException.class, () -> none.bundles("a")).getMessage());
    }

    @Test
    public void everyFeatureOfTheProjectCanBeRead() throws IOException {
        Features ours = new Features(Path.of("../../features.xml"));
        for (String command : List.of("run", "shell", "demo"))
            assertEquals(command, 1, ours.bundles("lkpk-" + command).stream()
                    .filter(entry -> entry.location().equals("mvn:org.lkpk/org.lkpk.cli/0.1.0")).count());
    }
}
