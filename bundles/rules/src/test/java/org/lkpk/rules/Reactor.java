package org.lkpk.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The modules of the root pom, as the build has left them. */
final class Reactor {
    static final Path ROOT = Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../..").normalize();
    /** Modules that are no bundle of a machine. */
    private static final Set<String> NO_BUNDLES =
            Set.of("bundles/launcher", "bundles/distribution", "bundles/rules", "bundles/itest");

    private Reactor() { }

    /**
     * A module.
     *
     * @param folder as the root pom has it
     */
    record Module(String folder) {
        String artifact() {
            return children(xml(pom()).getDocumentElement(), "artifactId").get(0).getTextContent();
        }

        Path pom() {
            return ROOT.resolve(folder).resolve("pom.xml");
        }

        boolean bundle() {
            return !NO_BUNDLES.contains(folder);
        }

        /** What goes into the module's jar. */
        Path content() {
            Path content = ROOT.resolve(folder).resolve("target/classes");
            if (!Files.isDirectory(content)) throw new IllegalStateException(folder + " has not been built");
            return content;
        }

        List<Path> classes() {
            try (Stream<Path> files = Files.walk(content())) {
                return files.filter(file -> file.toString().endsWith(".class")).toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Attributes manifest() {
            try (InputStream in = Files.newInputStream(content().resolve("META-INF/MANIFEST.MF"))) {
                return new Manifest(in).getMainAttributes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return folder;
        }
    }

    static List<Module> modules() {
        Element modules = children(xml(ROOT.resolve("pom.xml")).getDocumentElement(), "modules").get(0);
        return children(modules, "module").stream().map(module -> new Module(module.getTextContent())).toList();
    }

    static List<Module> bundles() {
        return modules().stream().filter(Module::bundle).toList();
    }

    /** The bundles that lie in {@code bundles/folder/}. */
    static List<Module> bundlesOf(String folder) {
        return bundles().stream().filter(module -> module.folder().startsWith("bundles/" + folder + "/")).toList();
    }

    static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            Node node = nodes.item(i);
            if (node instanceof Element element && element.getTagName().equals(name)) found.add(element);
        }
        return found;
    }

    static Document xml(Path file) {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        } catch (Exception e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }
}
