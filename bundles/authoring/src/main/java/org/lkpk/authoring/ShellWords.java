package org.lkpk.authoring;

import java.util.ArrayList;
import java.util.List;

/** Splits a line into words as sh does; of quotation it knows ', " and \, which is what makefiles print. */
final class ShellWords {
    private ShellWords() { }

    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (word != null) words.add(word.toString());
                word = null;
                continue;
            }
            if (word == null) word = new StringBuilder();
            if (quote != '\'' && c == '\\' && i + 1 < line.length()) word.append(line.charAt(++i));
            else if (quote == 0 && (c == '\'' || c == '"')) quote = c;
            else if (c == quote) quote = 0;
            else word.append(c);
        }
        if (word != null) words.add(word.toString());
        return words;
    }
}
