package org.lkpk.patcher.kernel;

import java.util.Optional;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;

/**
 * A kernel that was found.
 *
 * @param pageOffset linear minus physical address of all that it maps one to one: {@code C0000000h} for most Linux
 */
public record Kernel(String banner, String release, String buildId, int base, int slide, int pageOffset,
        SymbolTable symbols) implements KernelImage {
    /** Physical address of a linear one in the kernel's direct mapping. */
    public int physical(int linear) {
        return linear - pageOffset;
    }

    public int linear(int physical) {
        return physical + pageOffset;
    }

    /** How messages name it. */
    public String title() {
        return release.isEmpty() ? banner.isEmpty() ? "without a name" : banner : release;
    }

    /** Where the kernel says how far it has come; empty if it does not say. */
    public Optional<Symbol> systemState() {
        return symbols.only("system_state");
    }

    /**
     * The least value of {@code system_state} from which on the kernel changes its own code at known sites only: this
     * release's SYSTEM_RUNNING. 4.13 put SYSTEM_SCHEDULING before it and 5.16 SYSTEM_FREEING_INITMEM.
     */
    public int running() {
        if (before(4, 13)) return 1;
        return before(5, 16) ? 2 : 3;
    }

    private boolean before(int major, int minor) {
        String[] numbers = release.split("[^0-9]+", 3);
        if (numbers.length < 2 || numbers[0].isEmpty() || numbers[1].isEmpty()) return false;
        if (numbers[0].length() > 4 || numbers[1].length() > 4) return false;
        int first = Integer.parseInt(numbers[0]);
        return first < major || first == major && Integer.parseInt(numbers[1]) < minor;
    }
}
