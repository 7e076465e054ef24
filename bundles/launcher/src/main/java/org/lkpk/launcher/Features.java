package org.lkpk.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A features.xml of Karaf's kind: the one list of what a machine is made of. */
final class Features {
    private static final int USUAL_LEVEL = 80;

    private final Map<String, Element> features = new HashMap<>();

    /**
     * A bundle to be there.
     *
     * @param location a {@code mvn:} URL
     * @param start false for a bundle that is installed and left for the user to start
     */
    record Entry(String location, int level, boolean start) {
        /** The jar below a folder in Maven's layout. */
        Path jar(Path system) {
            String[] part = location.substring("mvn:".length()).split("/");
            return system.resolve(part[0].replace('.', '/')).resolve(part[1]).resolve(part[2])
                    .resolve(part[1] + "-" + part[2] + ".jar");
        }
    }

    Features(Path file) throws IOException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        try (InputStream in = Files.newInputStream(file)) {
            for (Element feature : children(factory.newDocumentBuilder().parse(in).getDocumentElement(), "feature"))
                features.put(feature.getAttribute("name"), feature);
        } catch (SAXException | ParserConfigurationException broken) {
            throw new IOException(file + ": " + broken.getMessage(), broken);
        }
    }

    /** The bundles of a feature and of those it includes, each once, the included first. */
    Collection<Entry> bundles(String feature) throws IOException {
        Map<String, Entry> found = new LinkedHashMap<>();
        collect(feature, found, new HashSet<>());
        return found.values();
    }

    private void collect(String name, Map<String, Entry> found, Set<String> seen) throws IOException {
        if (!seen.add(name)) return;
        Element feature = features.get(name);
        if (feature == null) throw new IOException("features.xml: no feature " + name);
        for (Element included : children(feature, "feature")) collect(text(included), found, seen);
        for (Element bundle : children(feature, "bundle")) {
            String level = bundle.getAttribute("start-level");
            found.putIfAbsent(text(bundle), new Entry(text(bundle), level.isEmpty() ? USUAL_LEVEL : Integer.parseInt(level),
                    !bundle.getAttribute("start").equals("false")));
        }
    }

    private static String text(Element element) {
        return element.getTextContent().trim();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling())
            if (child instanceof Element element && name.equals(element.getLocalName())) found.add(element);
        return found;
    }
}
