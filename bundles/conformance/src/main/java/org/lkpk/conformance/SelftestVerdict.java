package org.lkpk.conformance;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What the selftests' failures in the guest amount to, beside those of the host's own processor and of a peer. */
final class SelftestVerdict {
    /** Tests of what a processor need not have, and the flag in /proc/cpuinfo that says that it has. */
    private static final Map<String, String> NEEDS = Map.of("test_FISTTP", "pni", "test_FCMOV", "cmov", "test_FCOMI", "cmov");

    private final SelftestPrograms programs;
    private final SelftestLog host;
    private SelftestLog guest;
    private final Set<String> differing = new TreeSet<>();
    /** Tests that fail and do not count, and why. */
    private final Map<String, String> excused = new TreeMap<>();

    SelftestVerdict(SelftestPrograms programs, SelftestLog host) {
        this.programs = programs;
        this.host = host;
    }

    /** Takes what the guest printed. */
    void guest(String text) {
        guest = new SelftestLog(text);
        for (String test : programs.built.keySet()) {
            if (!guest.outcomes().containsKey(test)) differing.add(test);
            else if (guest.bad(test) && host.bad(test)) excused.put(test, "as on the host's own processor");
            else if (guest.bad(test) && lacks(text, test)) excused.put(test, "the guest's processor does not claim " + NEEDS.get(test));
            else if (guest.bad(test)) differing.add(test);
        }
    }

    private static boolean lacks(String text, String test) {
        Pattern claimed = Pattern.compile("^flags.*\\b" + NEEDS.getOrDefault(test, "") + "\\b", Pattern.MULTILINE);
        return NEEDS.containsKey(test) && !claimed.matcher(text).find();
    }

    /** Takes what the same machine printed under another emulator. */
    void peer(String text) {
        SelftestLog peer = new SelftestLog(text);
        for (String test : Set.copyOf(differing)) {
            if (!guest.outcomes().containsKey(test) || !peer.bad(test)) continue;
            differing.remove(test);
            excused.put(test, "as under QEMU");
        }
    }

    /** Tests that fail in the guest alone, or do not end there. */
    Set<String> differing() {
        return differing;
    }

    /** How often a test said that something is right, or wrong. */
    long cases() {
        return guest.outcomes().values().stream().mapToLong(outcome -> outcome.ok() + outcome.failed()).sum();
    }

    String note() {
        StringBuilder note = new StringBuilder(programs.built.size() + " programs\n");
        for (String test : differing)
            note.append(test).append(" differs: ").append(guest.outcomes().containsKey(test) ? guest.firstFailure(test) : "no end").append('\n');
        excused.forEach((test, why) ->
                note.append(test).append(": ").append(guest.firstFailure(test)).append(": not counted, ").append(why).append('\n'));
        guest.outcomes().forEach((test, outcome) -> {
            if (outcome.skipped() > 0)
                note.append(test).append(" leaves out ").append(outcome.skipped()).append(", first ").append(guest.firstSkip(test)).append('\n');
        });
        programs.failed.forEach((test, why) -> note.append(test).append(" is not built: ").append(why).append('\n'));
        return note.toString();
    }
}
