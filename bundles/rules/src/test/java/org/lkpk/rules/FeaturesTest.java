package org.lkpk.rules;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** {@code features.xml} is the one list of what a machine is made of. */
public class FeaturesTest {
    private final List<String> bundles = new ArrayList<>();

    public FeaturesTest() {
        NodeList nodes = Reactor.xml(Reactor.ROOT.resolve("features.xml")).getElementsByTagName("bundle");
        for (int i = 0; i < nodes.getLength(); i++) bundles.add(nodes.item(i).getTextContent().trim());
    }

    @Test
    public void everyBundleIsNamedOnce() {
        Set<String> seen = new HashSet<>();
        // Without the version: two of them would be a mistake too.
        List<String> again = bundles.stream().filter(url -> !seen.add(url.replaceAll("/[^/]*$", ""))).toList();
        assertEquals(List.of(), again);
    }

    @Test
    public void everyBundleModuleIsNamedAndNoOther() {
        Set<String> named = bundles.stream().filter(url -> url.startsWith("mvn:org.lkpk/"))
                .map(url -> url.split("/")[1]).collect(Collectors.toCollection(TreeSet::new));
        Set<String> built = Reactor.bundles().stream().map(Reactor.Module::artifact)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(built, named);
    }

    @Test
    public void everyNamedBundleHasAVersionAndAStartLevel() {
        NodeList nodes = Reactor.xml(Reactor.ROOT.resolve("features.xml")).getElementsByTagName("bundle");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element bundle = (Element) nodes.item(i);
            String url = bundle.getTextContent().trim();
            assertTrue(url, url.matches("mvn:[^/]+/[^/]+/[0-9][^/]*"));
            assertTrue(url + " has no start level", bundle.getAttribute("start-level").matches("[1-9][0-9]*"));
        }
    }

    @Test
    public void theRulesAreBuiltAfterAllThatTheyLookAt() {
        List<Reactor.Module> modules = Reactor.modules();
        assertEquals("bundles/rules", modules.get(modules.size() - 1).folder());
    }
}
