package org.lkpk.authoring;

import java.io.PrintStream;
import java.util.List;
import org.lkpk.authoring.compare.Comparison;
import org.lkpk.authoring.elf.Piece;

/** What a patch changes, for people. */
final class Summary {
    private Summary() { }

    static void print(PrintStream out, String release, List<Part> parts, List<String> about) {
        for (Part part : parts) {
            out.println(part.path() + (part.module().isEmpty() ? "" : ", module " + part.module()) + ", kernel " + release);
            Comparison comparison = part.comparison();
            int strings = 0;
            int text = 0;
            for (Piece piece : part.extract().along()) {
                boolean nameless = piece.kind() == Piece.Kind.STRING || piece.kind() == Piece.Kind.MERGED;
                if (nameless) {
                    strings++;
                    text += piece.size();
                } else out.printf("  %-32s %s%n", comparison.name(piece), what(part, piece));
            }
            if (strings > 0) out.printf("  %-32s %d bytes%n", strings == 1 ? "a string" : strings + " strings", text);
            for (String name : part.strangers())
                out.printf("  %-32s a variable that the kernel does not export: the patch is refused if its tables do not tell where it is%n", name);
            for (String function : about) inlined(out, part, function);
        }
    }

    private static String what(Part part, Piece piece) {
        Piece twin = part.comparison().twin(piece);
        if (part.extract().witnesses().contains(piece)) return "unchanged, " + piece.size() + " bytes: only it knows where some data are";
        if (piece.kind() == Piece.Kind.CODE && twin != null) return "changed, " + twin.size() + " -> " + piece.size() + " bytes";
        String kind = switch (piece.kind()) {
            case CODE -> "function";
            case WRITABLE -> "variable";
            default -> "constant";
        };
        return (twin == null ? "new " : "copied ") + kind + ", " + piece.size() + " bytes";
    }

    private static void inlined(PrintStream out, Part part, String function) {
        if (part.comparison().pristine().all().stream().anyMatch(p -> p.name().replaceFirst("\\..*", "").equals(function))) return;
        out.println("  " + function + " is inlined: the functions that it is inlined in are replaced");
    }
}
