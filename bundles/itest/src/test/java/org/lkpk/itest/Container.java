package org.lkpk.itest;

import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.options.UrlProvisionOption;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A test's framework: the bundles that features.xml names, as the distribution holds them, and JUnit. */
final class Container {
    static final Path ROOT = Path.of(System.getProperty("lkpk.root", "../..")).toAbsolutePath().normalize();
    static final Path HOME = ROOT.resolve("target/lkpk");

    private final Set<String> without;
    private final Set<String> seen = new HashSet<>();
    private final List<Option> options = new ArrayList<>();

    private Container(Set<String> without) {
        this.without = without;
    }

    /** The options of a framework that holds a feature, {@code without} some bundles by artifact. */
    static Option[] of(String feature, String... without) throws IOException {
        Container container = new Container(Set.of(without));
        container.add("feature " + feature);
        container.options.add(junitBundles());
        container.options.add(frameworkStartLevel(100));
        container.options.add(frameworkProperty("ds.loglevel").value("1"));
        container.options.add(frameworkProperty("felix.log.level").value("0"));
        // Nobody signs the patches that tests make.
        container.options.add(frameworkProperty("lkpk.unsigned").value("true"));
        return container.options.toArray(Option[]::new);
    }

    /** The jar of one of our own bundles. */
    static Path jar(String artifact) throws IOException {
        for (Element bundle : all(features(), "bundle"))
            if (text(bundle).split("/")[1].equals(artifact)) return jar(bundle);
        throw new IOException("features.xml names no " + artifact);
    }

    /** The bundle of this symbolic name. */
    static Bundle bundle(BundleContext context, String name) {
        for (Bundle bundle : context.getBundles()) if (name.equals(bundle.getSymbolicName())) return bundle;
        throw new AssertionError("no bundle " + name);
    }

    private void add(String wanted) throws IOException {
        if (!seen.add(wanted)) return;
        for (Element feature : all(features(), "feature")) {
            if (!wanted.equals("feature " + feature.getAttribute("name"))) continue;
            for (Element included : all(feature, "feature")) add("feature " + text(included));
            for (Element bundle : all(feature, "bundle"))
                if (!without.contains(text(bundle).split("/")[1]) && seen.add(text(bundle))) options.add(option(bundle));
            return;
        }
        throw new IOException("features.xml has no " + wanted);
    }

    private static UrlProvisionOption option(Element bundle) throws IOException {
        Path jar = jar(bundle);
        UrlProvisionOption option = CoreOptions.bundle(jar.toUri().toString())
                .startLevel(Integer.parseInt(bundle.getAttribute("start-level")));
        return bundle.getAttribute("start").equals("false") || isFragment(jar) ? option.noStart() : option;
    }

    private static boolean isFragment(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes().getValue(Constants.FRAGMENT_HOST) != null;
        }
    }

    private static Path jar(Element bundle) {
        String[] part = text(bundle).substring("mvn:".length()).split("/");
        return HOME.resolve("system").resolve(part[0].replace('.', '/')).resolve(part[1]).resolve(part[2])
                .resolve(part[1] + "-" + part[2] + ".jar");
    }

    private static Element features() throws IOException {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(HOME.resolve("features.xml").toFile()).getDocumentElement();
        } catch (SAXException | ParserConfigurationException broken) {
            throw new IOException("features.xml: " + broken.getMessage(), broken);
        }
    }

    /** Elements of this name below {@code parent}, the first level of them. */
    private static List<Element> all(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (!(child instanceof Element element)) continue;
            if (element.getTagName().equals(name)) found.add(element);
            else found.addAll(all(element, name));
        }
        return found;
    }

    private static String text(Element element) {
        return element.getTextContent().trim();
    }
}
