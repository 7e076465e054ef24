package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.elf.KernelNames;
import org.lkpk.patcher.elf.LinkedText;
import org.lkpk.patcher.elf.Linker;
import org.lkpk.patcher.elf.Names;
import org.lkpk.patcher.elf.Pristine;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.task.Ranges;

/** Makes the draft of one patch for one kernel, and every refusal that there can be, before anything is written. */
final class Planner {
    /** The entries of traced functions, where EIP is only ever before or behind: one five-byte instruction each. */
    private static final List<byte[]> NOPS = List.of(bytes("3e8d742600"), bytes("0f1f440000"), bytes("6666666690"));
    private static final int LARGEST_FUNCTION = 1 << 20;

    private final Guest guest;
    private final Kernel kernel;
    private final Patch patch;
    private final GuestRuntime runtime;
    private final List<String> offered;
    private Map<String, Modules.Module> modules;
    private Labels labels;

    /**
     * @param runtime null where there is none
     * @param offered symbols of the patch for others
     */
    Planner(Guest guest, Kernel kernel, Patch patch, GuestRuntime runtime, List<String> offered) {
        this.guest = guest;
        this.kernel = kernel;
        this.patch = patch;
        this.runtime = runtime;
        this.offered = offered;
    }

    /**
     * A patch linked to its place, with nothing written.
     *
     * @param room that the block belongs to
     * @param fresh the object's name for each function of the kernel
     * @param modules that it refers to, and where each has its {@code struct module}
     */
    record Draft(LinkedText text, List<Target> targets, Room room, Room.Block block, Map<String, String> fresh,
            Map<String, Integer> modules) {
        String freshName(String function) {
            return fresh.get(function);
        }
    }

    Draft plan() throws PatchRefused, GuestBusy {
        Patch.ObjectFile object = object();
        List<Patch.Function> functions = new ArrayList<>();
        for (Patch.Function function : patch.replaced())
            if (Glob.matches(function.releases(), kernel.release())) functions.add(function);
        if (functions.isEmpty()) throw refused("replaces no function of kernel " + kernel.title());
        Linker linker = new Linker(patch, object, functions, offered);
        if (runtime == null) refuseWhatNeedsRuntime(linker);
        else if (linker.sites() > 0 && !runtime.listsSites())
            throw refused("has pr_debug sites, and kernel " + kernel.title() + " has no dynamic debugging");
        else if (linker.asksFor(GuestRuntime.SHADOWS)) runtime.shadowed();
        Pristine pristine = object.pristine().length == 0 ? null : new Pristine(object.title() + " (pristine)", object.pristine());
        Map<String, Target> targets = new LinkedHashMap<>();
        for (Patch.Function function : functions) {
            Target target = target(function, symbol(function, pristine));
            if (target.fragile() && linker.wraps(function.name()) && Prologue.length(target.code(), Entries.JUMP) == 0)
                throw refused(function.name() + ": has no five-byte NOP at its entry and begins with "
                        + hex(Arrays.copyOf(target.code(), Entries.JUMP)) + ", which cannot be moved, so that its old body cannot be called");
            targets.put(function.name(), target);
        }
        KernelNames names = new KernelNames(kernel.symbols(), learned(pristine, targets),
                modules().values().stream().map(Modules.Module::symbols).toList(), this::read);
        return placed(linker, names, targets, functions);
    }

    private void refuseWhatNeedsRuntime(Linker linker) throws PatchRefused {
        String what = linker.sites() > 0 ? "pr_debug sites" : linker.needsTables() ? "exception or bug tables" : linker.asksFor(GuestRuntime.SHADOWS) ? "shadow variables"
                : patch.callbacks().isEmpty() ? "" : "callbacks";
        if (!what.isEmpty()) throw refused("has " + what + ", for which kernel " + kernel.title() + " is not known well enough");
    }

    private Draft placed(Linker linker, KernelNames names, Map<String, Target> targets, List<Patch.Function> functions)
            throws PatchRefused, GuestBusy {
        Guest.Place place;
        try {
            place = guest.place(kernel, linker.size(), runtime);
        } catch (PatchRefused full) {
            throw refused(full.getMessage());
        }
        boolean done = false;
        try {
            Map<String, Linker.Old> replaced = new LinkedHashMap<>();
            targets.forEach((name, target) -> replaced.put(name, old(target)));
            Map<String, String> fresh = new LinkedHashMap<>();
            for (Patch.Function function : functions) fresh.put(function.name(), function.fresh());
            Watched watched = new Watched(names);
            LinkedText text = linker.linked(place.block().start(), watched, replaced);
            for (Target target : targets.values()) watched.seen(target.address());
            done = true;
            return new Draft(text, List.copyOf(targets.values()), place.room(), place.block(), fresh, watched.used);
        } finally {
            if (!done) place.room().free(place.block());
        }
    }

    /** Notes the modules that a patch cannot do without. */
    private final class Watched implements Names {
        private final Names names;
        private final Map<String, Integer> used = new LinkedHashMap<>();

        Watched(Names names) {
            this.names = names;
        }

        @Override
        public int address(String name) throws PatchRefused {
            int address = names.address(name);
            seen(address);
            return address;
        }

        @Override
        public int word(int linear) throws PatchRefused {
            return names.word(linear);
        }

        void seen(int address) {
            modules.forEach((name, module) -> {
                if (module.holds(address)) used.put(name, module.address());
            });
        }
    }

    private static Linker.Old old(Target target) {
        int displaced = target.fragile() ? Prologue.length(target.code(), Entries.JUMP) : 0;
        return new Linker.Old(target.address(), Arrays.copyOf(target.code(), displaced));
    }

    /** What the entry of a function holds: for code of our own, whose author does not choose the kernel. */
    static byte[] entryNow(Guest guest, Kernel kernel, String function) throws PatchRefused {
        Patch any = new Patch("lkpk", "", List.of(), List.of());
        Planner planner = new Planner(guest, kernel, any, null, List.of());
        byte[] found = planner.read(planner.symbol(new Patch.Function(function, 0, new byte[0]), null).address(), Entries.JUMP);
        return isNop(found) ? new byte[0] : found;
    }

    /** Compares the running functions with what they were compiled to, and learns of symbols on the way. */
    private Map<String, Integer> learned(Pristine pristine, Map<String, Target> targets) throws PatchRefused {
        Map<String, Integer> learned = new LinkedHashMap<>();
        if (runtime != null) learned.putAll(runtime.offered());
        if (pristine == null) return learned;
        for (Target target : targets.values())
            pristine.match(target.name(), target.address(), target.code(), this::read, labels(), learned);
        return learned;
    }

    private Patch.ObjectFile object() throws PatchRefused {
        List<String> kernels = new ArrayList<>();
        for (Patch.ObjectFile file : patch.objects()) {
            boolean built = file.buildId().isEmpty() || file.buildId().equalsIgnoreCase(kernel.buildId());
            if (built && Glob.matches(file.releases(), kernel.release())) return file;
            kernels.add(file.releases() + (file.buildId().isEmpty() ? "" : " (build id " + file.buildId() + ")"));
        }
        boolean byBuild = patch.objects().stream().anyMatch(f -> !f.buildId().isEmpty());
        throw refused("for kernel " + String.join(", ", kernels) + "; the running one is " + kernel.title()
                + (byBuild ? " (build id " + kernel.buildId() + ")" : ""));
    }

    private Map<String, Modules.Module> modules() throws PatchRefused {
        if (modules == null) modules = guest.modules(kernel);
        return modules;
    }

    private Labels labels() throws PatchRefused {
        if (labels == null) labels = new Labels(kernel, guest.size(), modules().values(), this::read);
        return labels;
    }

    /** Of the kernel, or of the module that the function is in. */
    private SymbolTable symbols(Patch.Function function) throws PatchRefused {
        if (function.module().isEmpty()) return kernel.symbols();
        Modules.Module module = modules().get(function.module());
        if (module == null) throw refused("module " + function.module() + " is not loaded");
        return module.symbols();
    }

    /** @param pristine tells which is meant where several have the name; null if there is none */
    private Symbol symbol(Patch.Function function, Pristine pristine) throws PatchRefused {
        List<Symbol> found = new ArrayList<>();
        for (Symbol symbol : symbols(function).named(function.name()))
            if ("tTwW".indexOf(symbol.type()) >= 0) found.add(symbol);
        if (found.isEmpty()) throw refused(function.name() + ": no such function in "
                + (function.module().isEmpty() ? "kernel " + kernel.title() : "module " + function.module()));
        if (function.position() > found.size())
            throw refused(function.name() + ": position " + function.position() + ", but " + found.size() + " functions of that name");
        if (function.position() == 0 && found.size() > 1 && pristine == null)
            throw refused(function.name() + ": " + found.size() + " functions of that name, the patch gives no position");
        Symbol symbol = function.position() == 0 && found.size() > 1 ? matching(function, found, pristine) : found.get(Math.max(0, function.position() - 1));
        if (symbol.size() > 0 && symbol.size() < Entries.JUMP)
            throw refused(function.name() + ": its " + symbol.size() + " bytes are too short for a jump");
        if (isGone(symbol)) throw refused(function.name() + ": code for the kernel's start only, which is gone");
        return symbol;
    }

    /** The one of several of a name that was compiled from the unchanged source. */
    private Symbol matching(Patch.Function function, List<Symbol> candidates, Pristine pristine) throws PatchRefused {
        List<Symbol> fitting = new ArrayList<>();
        StringJoiner places = new StringJoiner("; ");
        StringJoiner reasons = new StringJoiner("; ");
        for (int i = 0; i < candidates.size(); i++) {
            Symbol one = candidates.get(i);
            String place = "position " + (i + 1) + " behind " + kernel.symbols().covering(one.address() - 1).map(Symbol::name).orElse("nothing");
            try {
                Map<String, Integer> learned = new LinkedHashMap<>();
                pristine.match(function.name(), one.address(), target(function, one).code(), this::read, labels(), learned);
                agree(function, learned);
                fitting.add(one);
                places.add(place);
            } catch (PatchRefused other) {
                reasons.add(place + ": " + other.getMessage());
            }
        }
        if (fitting.size() == 1) return fitting.get(0);
        if (fitting.isEmpty())
            throw refused(function.name() + ": none of the " + candidates.size() + " functions of that name is the one that the patch was made for: " + reasons);
        throw refused(function.name() + ": " + fitting.size() + " functions of that name are alike, and the patch gives no position: " + places);
    }

    /** What a candidate refers to must be what the kernel's table calls so. */
    private void agree(Patch.Function function, Map<String, Integer> learned) throws PatchRefused {
        for (Map.Entry<String, Integer> one : learned.entrySet()) {
            Symbol known = kernel.symbols().only(one.getKey()).orElse(null);
            if (known != null && known.address() != one.getValue())
                throw refused(function.name() + ": refers to " + Occupants.named(kernel.symbols(), one.getValue()) + ", not to " + known.name());
        }
    }

    private boolean isGone(Symbol symbol) {
        SymbolTable symbols = kernel.symbols();
        return symbols.only("_sinittext").isPresent() && symbols.only("_einittext").isPresent()
                && Integer.compareUnsigned(symbol.address(), symbols.only("_sinittext").get().address()) >= 0
                && Integer.compareUnsigned(symbol.address(), symbols.only("_einittext").get().address()) < 0;
    }

    private Target target(Patch.Function function, Symbol symbol) throws PatchRefused {
        int size = Math.min(LARGEST_FUNCTION, Math.max(symbol.size(), Math.max(Entries.JUMP, function.entry().length)));
        byte[] found = read(symbol.address(), size);
        Target below = guest.entries().patched(symbol.address());
        if (below != null) {
            byte[] wanted = guest.entries().expected(symbol.address());
            if (!Arrays.equals(wanted, Arrays.copyOf(found, Entries.JUMP)))
                throw refused(function.name() + ": its entry holds " + hex(Arrays.copyOf(found, Entries.JUMP)) + ", not " + hex(wanted)
                        + " as patched");
            System.arraycopy(below.original(), 0, found, 0, Entries.JUMP);
        }
        byte[] entry = entry(function, found);
        boolean fragile = !isNop(entry);
        if (fragile) refuseJumpsInside(function, found, symbol.address());
        return new Target(function.name(), symbol.address(), entry, found, parts(function), fragile);
    }

    /** The bytes at the entry, at least five, checked against what the patch expects. */
    private byte[] entry(Patch.Function function, byte[] code) throws PatchRefused {
        byte[] wanted = function.entry();
        byte[] found = Arrays.copyOf(code, Math.max(Entries.JUMP, wanted.length));
        boolean asExpected = wanted.length == 0 ? isNop(found) : Arrays.equals(wanted, Arrays.copyOf(found, wanted.length));
        if (asExpected) return found;
        throw refused(function.name() + ": its entry holds " + hex(found) + ", not "
                + (wanted.length == 0 ? "the five-byte NOP" : hex(wanted)));
    }

    /** What the compiler has put elsewhere: {@code NAME.cold}. */
    private List<Ranges.Range> parts(Patch.Function function) throws PatchRefused {
        List<Ranges.Range> parts = new ArrayList<>();
        for (Symbol cold : symbols(function).named(function.name() + ".cold"))
            if (cold.size() > 0) parts.add(new Ranges.Range(cold.address(), cold.address() + cold.size() - 1));
        return parts;
    }

    /** Any byte that could begin a jump there counts. */
    private void refuseJumpsInside(Patch.Function function, byte[] code, int address) throws PatchRefused {
        for (int at = Entries.JUMP; at < code.length; at++) {
            int op = code[at] & 0xFF;
            int target = -1;
            if (at + 1 < code.length && (op == 0xEB || op >= 0x70 && op <= 0x7F || op >= 0xE0 && op <= 0xE3)) target = at + 2 + code[at + 1];
            if (at + 4 < code.length && op == 0xE9) target = at + 5 + word(code, at + 1);
            if (at + 5 < code.length && op == 0x0F && (code[at + 1] & 0xF0) == 0x80) target = at + 6 + word(code, at + 2);
            if (target > 0 && target < Entries.JUMP)
                throw refused(function.name() + ": +0x" + Integer.toHexString(at) + " jumps to +0x" + target + ", inside of the entry");
        }
    }

    private static int word(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
    }

    private byte[] read(int linear, int count) throws PatchRefused {
        return guest.glance(kernel, memory -> memory.read(linear, count))
                .orElseThrow(() -> refused("machine " + guest.machine().name() + " does not come to rest"));
    }

    private static boolean isNop(byte[] entry) {
        byte[] start = Arrays.copyOf(entry, Entries.JUMP);
        for (byte[] nop : NOPS)
            if (Arrays.equals(nop, start)) return true;
        return false;
    }

    private PatchRefused refused(String reason) {
        return new PatchRefused(patch.name() + ": " + reason);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
