package org.lkpk.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lkpk.conformance.privileged.Event;

/** What came of one privileged sequence: its interrupts and exceptions, the memory it changed, and whether it ended by itself. */
final class Course {
    private static final String SHUTDOWN = "shutdown", HANG = "no end";

    private final List<String> events = new ArrayList<>();
    private final Map<String, String> memory = new TreeMap<>();
    /** How it ended, if not by its last instruction. */
    private String broken = "";

    /** What two peers say of a case. */
    enum Verdict {
        /** They agree in its course, and the processor with them. */
        EQUAL,
        /** They agree, and the processor does not. */
        DIFFERENT,
        /** Its course is in doubt, and the processor is with the first, with the second, or with neither. */
        FIRST, SECOND, NEITHER
    }

    /**
     * @param difference what differs first, for people; empty if nothing does
     * @param doubts fields and words of memory in which the peers do not agree, in a course in which they do
     * @param alone those of the doubts in which the processor is with neither
     */
    record Judgement(Verdict verdict, String difference, int doubts, List<String> alone) { }

    /**
     * Takes the outcomes of all cases out of what a run has written.
     *
     * @return whether the run came to its end; if not, the last outcome is that of the case that broke off
     */
    static boolean read(String text, boolean timely, Map<Integer, Course> into) {
        Course last = null;
        for (String line : text.split("\n")) {
            if (!line.startsWith("@")) continue;
            String rest = line.substring(2).strip();
            switch (line.charAt(1)) {
                case 'C' -> into.put(Integer.parseInt(rest, 16), last = new Course());
                case 'E' -> last.events.add(rest);
                case 'M' -> last.memory.put(rest.substring(0, 8), rest.substring(8));
                case 'B' -> last.broken = rest;
                default -> {
                    return true;
                }
            }
        }
        if (last != null && last.broken.isEmpty()) last.broken = timely ? SHUTDOWN : HANG;
        return false;
    }

    /** Judges by two peers, who are right as far as they agree. */
    static Judgement judge(Course first, Course second, Course own) {
        return new Judge(first, second, own).judge();
    }

    private static final class Judge {
        private final Course first, second, own;
        private final List<String> alone = new ArrayList<>();
        private int doubts;

        Judge(Course first, Course second, Course own) {
            this.first = first;
            this.second = second;
            this.own = own;
        }

        Judgement judge() {
            int events = Math.max(Math.max(first.events.size(), second.events.size()), own.events.size());
            for (int n = 0; n < events; n++) {
                String a = first.event(n), b = second.event(n), c = own.event(n);
                String what = "event " + n + ": " + Event.difference(a, b, c);
                if (!Event.course(a).equals(Event.course(b))) return inDoubt(Event.course(a), Event.course(b), Event.course(c), what);
                if (Event.differs(a, b, c)) return said(Verdict.DIFFERENT, what);
                doubts += Event.differing(a, b).size();
                if (Event.differing(a, b).stream().anyMatch(field -> Event.alone(a, b, c, field))) alone.add(what);
            }
            if (!first.broken.equals(second.broken)) return inDoubt(first.broken, second.broken, own.broken, broken());
            if (!first.broken.equals(own.broken)) return said(Verdict.DIFFERENT, broken());
            return first.broken.isEmpty() ? memory() : said(Verdict.EQUAL, "");
        }

        private String broken() {
            return "end: " + first.broken + " / " + second.broken + " / " + own.broken;
        }

        private Judgement memory() {
            Map<String, String> all = new TreeMap<>(first.memory);
            all.putAll(second.memory);
            all.putAll(own.memory);
            for (String address : all.keySet()) {
                String a = first.at(address), b = second.at(address), c = own.at(address);
                String what = "memory " + address + ": " + a + " / " + b + " / " + c;
                if (a.equals(b) && !a.equals(c)) return said(Verdict.DIFFERENT, what);
                doubt(a, b, c, what);
            }
            return said(Verdict.EQUAL, "");
        }

        private void doubt(String a, String b, String c, String what) {
            if (a.equals(b)) return;
            doubts++;
            if (!c.equals(a) && !c.equals(b)) alone.add(what);
        }

        private Judgement inDoubt(String a, String b, String c, String what) {
            return said(c.equals(a) ? Verdict.FIRST : c.equals(b) ? Verdict.SECOND : Verdict.NEITHER, what);
        }

        private Judgement said(Verdict verdict, String what) {
            return new Judgement(verdict, what, doubts, alone);
        }
    }

    /** As {@link #read} takes it. */
    void write(int number, Appendable to) throws IOException {
        to.append(String.format("@C%08X%n", number));
        for (String event : events) to.append("@E").append(event).append('\n');
        for (Map.Entry<String, String> word : memory.entrySet()) to.append("@M").append(word.getKey()).append(word.getValue()).append('\n');
        if (!broken.isEmpty()) to.append("@B").append(broken).append('\n');
    }

    List<String> events() {
        return events;
    }

    Map<String, String> memory() {
        return memory;
    }

    String broken() {
        return broken;
    }

    private String event(int n) {
        return n < events.size() ? events.get(n) : "none";
    }

    private String at(String address) {
        return memory.getOrDefault(address, "unchanged");
    }
}
