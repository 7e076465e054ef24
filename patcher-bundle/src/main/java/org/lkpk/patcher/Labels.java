package org.lkpk.patcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.elf.Pristine;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.task.Ranges;

/**
 * The jump labels of a running kernel and of its loaded modules. No symbol tells where their tables are; what an entry must
 * be does: three words, each the distance from itself, to the site, to where it jumps, and to the key, which is data of the
 * kernel or of a module.
 */
final class Labels implements Pristine.Keys {
    private static final int ENTRY = 12;
    private static final int LARGEST_DATA = 16 << 20;
    private static final int LARGEST_FUNCTION = 1 << 20;

    private final Kernel kernel;
    private final int size;
    private final Collection<Modules.Module> modules;
    private final Pristine.Reader memory;
    private final Map<Ranges.Range, ByteBuffer> known = new HashMap<>();

    /** @param size of the guest's RAM */
    Labels(Kernel kernel, int size, Collection<Modules.Module> modules, Pristine.Reader memory) {
        this.kernel = kernel;
        this.size = size;
        this.modules = modules;
        this.memory = memory;
    }

    @Override
    public int key(int site) throws PatchRefused {
        int[] key = new int[1];
        each(site, place -> place == site, found -> key[0] = key[0] == 0 ? found[1] : key[0]);
        return key[0];
    }

    /** The labels in {@code first .. last}, code of one function. */
    Collection<Integer> sites(int first, int last) throws PatchRefused {
        Collection<Integer> sites = new TreeSet<>();
        each(first, place -> Integer.compareUnsigned(place, first) >= 0 && Integer.compareUnsigned(place, last) <= 0, found -> sites.add(found[0]));
        return sites;
    }

    private interface Found {
        void label(int[] siteAndKey);
    }

    /** @param code an address in the kernel or in the module whose table is looked through */
    private void each(int code, IntPredicate wanted, Found found) throws PatchRefused {
        Ranges.Range kernels = data(), place = kernels;
        for (Modules.Module module : modules) if (module.holds(code)) place = module.memory();
        ByteBuffer bytes = bytes(place);
        for (int at = 0; at <= bytes.limit() - ENTRY; at += 4) {
            int entry = place.first() + at, site = entry + bytes.getInt(at);
            if (!wanted.test(site)) continue;
            int target = entry + 4 + bytes.getInt(at + 4), key = entry + 8 + bytes.getInt(at + 8);
            // Two entries read as one have data in the place of code, and the other way round.
            if (Math.abs(target - site) < LARGEST_FUNCTION && !isData(target, kernels) && isData(key, kernels)) found.label(new int[] {site, key});
        }
    }

    private boolean isData(int address, Ranges.Range kernels) {
        if (Modules.inside(kernels, address)) return true;
        for (Modules.Module module : modules) if (module.holds(address)) return !module.hasCode(address);
        return false;
    }

    /** What lies behind the kernel's code. */
    private Ranges.Range data() throws PatchRefused {
        List<Symbol> end = kernel.symbols().named("_etext");
        if (end.size() != 1) throw new PatchRefused("kernel " + kernel.title() + " has no _etext");
        int first = end.get(0).address() & -4;
        return new Ranges.Range(first, first + Math.max(0, Math.min(LARGEST_DATA, size - kernel.physical(first))) - 1);
    }

    private ByteBuffer bytes(Ranges.Range range) throws PatchRefused {
        ByteBuffer bytes = known.get(range);
        if (bytes != null) return bytes;
        bytes = ByteBuffer.wrap(memory.read(range.first(), range.last() - range.first() + 1)).order(ByteOrder.LITTLE_ENDIAN);
        known.put(range, bytes);
        return bytes;
    }
}
