package org.lkpk.rules;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What the bundles tell the framework about themselves. */
public class ManifestTest {
    @Test
    public void symbolicNamesAreArtifactsAndFolders() {
        for (Reactor.Module module : Reactor.bundles()) {
            String name = module.manifest().getValue("Bundle-SymbolicName").replaceAll(";.*", "");
            assertEquals(module.folder(), module.artifact(), name);
            String folder = module.folder().replaceAll(".*/", "").replace("-bundle", "");
            assertTrue(module + " is called " + name, name.endsWith("." + folder));
        }
    }

    @Test
    public void privateCodeLiesInThePackageOfTheBundlesName() {
        for (Reactor.Module module : Reactor.bundles())
            for (String name : clauses(module.manifest().getValue("Private-Package")).keySet())
                assertTrue(module + " holds " + name, (name + ".").startsWith(module.artifact() + "."));
    }

    @Test
    public void cardsImportTheBusApiOnly() {
        for (Reactor.Module card : Reactor.bundlesOf("cards"))
            for (String name : clauses(card.manifest().getValue("Import-Package")).keySet())
                assertTrue(card + " imports " + name, name.startsWith("java.") || name.equals("org.lkpk.api.bus"));
    }

    @Test
    public void onlyTheApiExports() {
        for (Reactor.Module module : Reactor.bundles())
            if (!module.folder().equals("bundles/api"))
                assertEquals(module.folder(), Map.of(), clauses(module.manifest().getValue("Export-Package")));
    }

    @Test
    public void exportedPackagesHaveAVersion() {
        for (Reactor.Module module : Reactor.bundles())
            clauses(module.manifest().getValue("Export-Package")).forEach((name, rest) -> assertTrue(
                    module + " exports " + name + " without a version", rest.matches(".*;version=\"[1-9][0-9.]*\".*")));
    }

    @Test
    public void patchesHoldNoCodeAndStartByTheApisActivator() {
        assertFalse(Reactor.bundlesOf("patches").isEmpty());
        for (Reactor.Module patch : Reactor.bundlesOf("patches")) {
            assertEquals(patch.folder(), List.of(), patch.classes());
            String activator = patch.manifest().getValue("Bundle-Activator");
            assertEquals(patch.folder(), "org.lkpk.api.patch.PatchActivator", activator);
        }
    }

    @Test
    public void slotsHoldNoCodeAndNameACardThatThereIs() {
        List<String> cards = Reactor.bundlesOf("cards").stream().map(Reactor.Module::artifact).toList();
        assertFalse(Reactor.bundlesOf("slots").isEmpty());
        for (Reactor.Module slot : Reactor.bundlesOf("slots")) {
            assertEquals(slot.folder(), List.of(), slot.classes());
            String header = String.valueOf(slot.manifest().getValue("LKPK-Slot"));
            String card = header.replaceAll(".*;card=([^;]*).*", "$1");
            assertTrue(slot + " says LKPK-Slot: " + header, cards.contains(card));
        }
    }

    /** The clauses of a header by their names; commas within quotes separate nothing. */
    private static Map<String, String> clauses(String header) {
        Map<String, String> clauses = new LinkedHashMap<>();
        if (header == null) return clauses;
        List<String> parts = new ArrayList<>(List.of(header.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")));
        for (String part : parts) clauses.put(part.replaceAll(";.*", "").trim(), part);
        return clauses;
    }
}
