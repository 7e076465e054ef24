package org.lkpk.authoring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words behind {@code lkpk patch VERB}: names, and options with one dash or two. */
final class Arguments {
    private final List<String> names = new ArrayList<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();

    /** @param bare options that no value follows */
    Arguments(List<String> words, Set<String> known, Set<String> bare) throws Refusal {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-")) {
                names.add(word);
                continue;
            }
            String title = word.replaceFirst("^--?", "");
            int equals = title.indexOf('=');
            String name = equals < 0 ? title : title.substring(0, equals);
            if (!known.contains(name) && !bare.contains(name)) throw new Refusal(word + ": no such option; see lkpk patch --help");
            if (!bare.contains(name) && equals < 0 && i + 1 == words.size()) throw new Refusal("--" + name + ": its value is missing");
            String value = bare.contains(name) ? "" : equals < 0 ? words.get(++i) : title.substring(equals + 1);
            options.computeIfAbsent(name, none -> new ArrayList<>()).add(value);
        }
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    String value(String option, String otherwise) {
        return has(option) ? options.get(option).get(0) : otherwise;
    }

    /** All values, also those that commas separate. */
    List<String> values(String option) {
        List<String> all = new ArrayList<>();
        for (String value : options.getOrDefault(option, List.of()))
            for (String one : value.split(",")) if (!one.isBlank()) all.add(one.strip());
        return all;
    }

    /** The one name that the command is about. */
    String name(String what) throws Refusal {
        if (names.isEmpty()) throw new Refusal(what + " is missing; see lkpk patch --help");
        if (names.size() > 1) throw new Refusal(names.get(1) + ": one name is expected, " + what);
        return names.get(0);
    }
}
