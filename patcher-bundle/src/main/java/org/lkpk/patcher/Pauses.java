package org.lkpk.patcher;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lkpk.api.patch.PatchStatus.Pause;
import org.osgi.framework.Bundle;

/** How long guests stood still for each patch bundle, the last thousand times; they outlive the patch's stop. */
final class Pauses {
    private static final int KEPT = 1000;

    private final Map<Long, Map<String, Deque<Pause>>> byBundle = new TreeMap<>();

    synchronized void add(Bundle bundle, Guest guest, Pause pause) {
        Deque<Pause> pauses = byBundle.computeIfAbsent(bundle.getBundleId(), id -> new TreeMap<>())
                .computeIfAbsent(guest.machine().name(), name -> new ArrayDeque<>());
        if (pauses.size() == KEPT) pauses.removeFirst();
        pauses.addLast(pause);
    }

    synchronized List<Pause> of(Bundle bundle, Guest guest) {
        return List.copyOf(byBundle.getOrDefault(bundle.getBundleId(), Map.of()).getOrDefault(guest.machine().name(), new ArrayDeque<>()));
    }

    /** Of all machines, one after the other. */
    synchronized List<Pause> of(Bundle bundle) {
        List<Pause> all = new ArrayList<>();
        byBundle.getOrDefault(bundle.getBundleId(), Map.of()).values().forEach(all::addAll);
        return all;
    }
}
