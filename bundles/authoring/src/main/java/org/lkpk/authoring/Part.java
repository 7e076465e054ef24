package org.lkpk.authoring;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.lkpk.authoring.compare.Comparison;
import org.lkpk.authoring.compare.Extract;
import org.lkpk.authoring.compare.Layouts;
import org.lkpk.authoring.elf.DebugInfo;
import org.lkpk.authoring.elf.Piece;
import org.lkpk.authoring.elf.Pieces;
import org.lkpk.authoring.source.Definitions;
import org.lkpk.authoring.source.Edit;

/** One changed file of a patch, compiled for one kernel. */
final class Part {
    private static final int JUMP = 5;
    private static final int ENTRY = 16;

    private final Edit edit;
    private final String module;
    private final Comparison comparison;
    private final Extract extract;
    private final List<Layouts.Changed> layouts;
    private final List<String> strangers;

    /** @param shown the file that the user edits */
    Part(Edit edit, Path shown, Compiler compiler, Set<String> exported, Set<String> callbacks) throws Refusal, IOException, InterruptedException {
        this.edit = edit;
        module = compiler.command(edit.path()).module();
        CompletableFuture<byte[]> pristine = later(() -> compiler.pristine(edit.path()));
        CompletableFuture<byte[]> types = later(() -> compiler.pristineTypes(edit.path()));
        CompletableFuture<byte[]> changedTypes = later(() -> compiler.changedTypes(edit, shown));
        comparison = new Comparison(new Pieces(joined(pristine)), new Pieces(compiler.changed(edit, shown)));
        extract = new Extract(comparison, exported, callbacks);
        DebugInfo after = new DebugInfo(joined(changedTypes));
        layouts = new Layouts(new DebugInfo(joined(types))).changedIn(new Layouts(after));
        strangers = extract.strangers().stream().filter(after::variable).toList();
    }

    private static CompletableFuture<byte[]> later(Callable<byte[]> work) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return work.call();
            } catch (Exception failure) {
                throw new CompletionException(failure);
            }
        });
    }

    private static byte[] joined(CompletableFuture<byte[]> pristine) throws Refusal, IOException {
        try {
            return pristine.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof Refusal refusal) throw refusal;
            throw new IOException(failure.getCause());
        }
    }

    String path() {
        return edit.path();
    }

    String module() {
        return module;
    }

    Comparison comparison() {
        return comparison;
    }

    Extract extract() {
        return extract;
    }

    /** Variables of other files that no export tells of, nor any function of this file as it runs: few of them are in the kernel's tables. */
    List<String> strangers() {
        return strangers;
    }

    /** A line for each reason why this cannot be a live patch. */
    List<String> refusals(Path shown) {
        List<String> lines = new ArrayList<>();
        for (Layouts.Changed type : layouts) lines.add((type.file().endsWith("/" + edit.path()) ? shown : type.file()) + ":" + type.line() + ": "
                + type.type() + " " + type.reason() + Layouts.ALIVE);
        for (Comparison.Refused refused : comparison.refusals()) lines.add(line(shown, refused));
        for (Comparison.Refused refused : extract.refusals()) lines.add(line(shown, refused));
        for (Piece piece : extract.replaced()) {
            int size = comparison.twin(piece).size();
            if (size < JUMP) lines.add(line(shown, new Comparison.Refused(comparison.name(piece), "its " + size + " bytes are too short for a jump")));
            else if (entry(piece) == null)
                lines.add(line(shown, new Comparison.Refused(comparison.name(piece), "has no NOP at its entry, and an address in its first five bytes")));
        }
        return lines;
    }

    private String line(Path shown, Comparison.Refused refused) {
        String name = refused.name().replaceFirst("^__(k(symtab|crctab|strtab)_|initcall__.*__[0-9]+_[0-9]+_)", "");
        int line = Definitions.mention(edit.after(), name);
        return shown + ":" + (line > 0 ? line + ":" : "") + " " + name + " " + refused.reason();
    }

    /** Bytes that the entry must hold in hex; empty where that is the NOP of a traced function, null if it cannot be told. */
    String entry(Piece replaced) {
        Piece twin = comparison.twin(replaced);
        int known = twin.references().isEmpty() ? ENTRY : twin.references().get(0).offset();
        boolean traced = !twin.references().isEmpty() && known == 1 && twin.references().get(0).target().name().equals("__fentry__");
        if (traced) return "";
        for (Piece.Entry entry : twin.entries()) known = Math.min(known, entry.at());
        known = Math.min(Math.min(known, ENTRY), twin.size());
        return known < JUMP ? null : HexFormat.of().formatHex(twin.bytes(), 0, known);
    }
}
