package org.lkpk.patcher;

/** Patterns of kernel releases: {@code *} stands for any characters, {@code ?} for one. */
final class Glob {
    private Glob() { }

    static boolean matches(String glob, String text) {
        int at = 0;
        int star = -1;
        int resume = 0;
        int g = 0;
        while (at < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                resume = at;
            } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == text.charAt(at))) {
                g++;
                at++;
            } else if (star >= 0) {
                g = star + 1;
                at = ++resume;
            } else return false;
        }
        while (g < glob.length() && glob.charAt(g) == '*') g++;
        return g == glob.length();
    }
}
