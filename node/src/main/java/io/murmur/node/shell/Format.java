package io.murmur.node.shell;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Answers as redis-cli writes them. Each ends with a line feed. */
enum Format {
    /** For people: what kind of answer it is can be seen, and every byte of a string. */
    TERMINAL {
        @Override
        byte[] of(Answer answer) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            terminal(answer, "", out);
            return out.toByteArray();
        }
    },
    /** For programs: strings as they are, the items of an array a line each. */
    RAW {
        @Override
        byte[] of(Answer answer) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            raw(answer, out);
            out.write('\n');
            return out.toByteArray();
        }
    };

    /** Answer with texts for people, and in RESP2 do not say so. */
    private static final Set<String> TEXTS = Set.of(
            "INFO",
            "LOLWUT",
            "CLUSTER NODES",
            "CLUSTER INFO",
            "CLIENT LIST",
            "CLIENT INFO",
            "MEMORY DOCTOR",
            "LATENCY DOCTOR");

    abstract byte[] of(Answer answer);

    /** The same, of this command. */
    byte[] of(Answer answer, List<byte[]> command) {
        return answer instanceof Answer.Bulk bulk && isText(command)
                ? of(new Answer.Verbatim(bulk.bytes()))
                : of(answer);
    }

    private static boolean isText(List<byte[]> command) {
        String name = Words.text(command.get(0)).toUpperCase(Locale.ROOT);
        return TEXTS.contains(name)
                || (command.size() > 1
                        && TEXTS.contains(
                                name + " " + Words.text(command.get(1)).toUpperCase(Locale.ROOT)));
    }

    private static void terminal(Answer answer, String indent, ByteArrayOutputStream out) {
        switch (answer) {
            case Answer.Status it -> line(it.text(), out);
            case Answer.Failed it -> line("(error) " + it.text(), out);
            case Answer.Int it -> line("(integer) " + it.value(), out);
            case Answer.Real it -> line("(double) " + it.text(), out);
            case Answer.Big it -> line("(big number) " + it.text(), out);
            case Answer.Truth it -> line(it.value() ? "(true)" : "(false)", out);
            case Answer.Nil ignored -> line("(nil)", out);
            case Answer.Bulk it -> line(quoted(it.bytes()), out);
            case Answer.Verbatim it -> {
                out.writeBytes(it.bytes());
                out.write('\n');
            }
            case Answer.Items it -> numbered(it.items(), ')', "(empty array)", indent, out);
            case Answer.Distinct it -> numbered(it.items(), '~', "(empty set)", indent, out);
            case Answer.Push it -> numbered(it.items(), ')', "(empty push)", indent, out);
            case Answer.Pairs it -> pairs(it.pairs(), indent, out);
        }
    }

    private static void numbered(
            List<Answer> items, char mark, String empty, String indent, ByteArrayOutputStream out) {
        if (items.isEmpty()) {
            line(empty, out);
        }
        int width = width(items.size());
        for (int i = 0; i < items.size(); i++) {
            number(i, width, mark, indent, out);
            terminal(items.get(i), indent + " ".repeat(width + 2), out);
        }
    }

    private static void pairs(List<Map.Entry<Answer, Answer>> pairs, String indent, ByteArrayOutputStream out) {
        if (pairs.isEmpty()) {
            line("(empty hash)", out);
        }
        int width = width(pairs.size());
        String further = indent + " ".repeat(width + 2);
        for (int i = 0; i < pairs.size(); i++) {
            number(i, width, '#', indent, out);
            ByteArrayOutputStream key = new ByteArrayOutputStream();
            terminal(pairs.get(i).getKey(), further, key);
            out.write(key.toByteArray(), 0, key.size() - 1);
            out.writeBytes(Words.bytes(" => "));
            if (isNested(pairs.get(i).getValue())) {
                out.writeBytes(Words.bytes("\n" + further));
            }
            terminal(pairs.get(i).getValue(), further, out);
        }
    }

    /** Whether it takes lines of its own. */
    private static boolean isNested(Answer answer) {
        return switch (answer) {
            case Answer.Items it -> !it.items().isEmpty();
            case Answer.Distinct it -> !it.items().isEmpty();
            case Answer.Push it -> !it.items().isEmpty();
            case Answer.Pairs it -> !it.pairs().isEmpty();
            default -> false;
        };
    }

    private static int width(int size) {
        return Integer.toString(size).length();
    }

    /** The first is where the line is already. */
    private static void number(int index, int width, char mark, String indent, ByteArrayOutputStream out) {
        String number = Integer.toString(index + 1);
        out.writeBytes(
                Words.bytes((index == 0 ? "" : indent) + " ".repeat(width - number.length()) + number + mark + " "));
    }

    private static void line(String text, ByteArrayOutputStream out) {
        out.writeBytes(Words.bytes(text));
        out.write('\n');
    }

    /** In double quotes, all but printable ASCII as an escape: can be typed as it is. */
    static String quoted(byte[] bytes) {
        StringBuilder text = new StringBuilder("\"");
        for (byte next : bytes) {
            switch (next) {
                case '\\', '"' -> text.append('\\').append((char) next);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case 7 -> text.append("\\a");
                case '\b' -> text.append("\\b");
                default -> {
                    if (next >= ' ' && next < 127) {
                        text.append((char) next);
                    } else {
                        text.append(String.format(Locale.ROOT, "\\x%02x", next));
                    }
                }
            }
        }
        return text.append('"').toString();
    }

    private static void raw(Answer answer, ByteArrayOutputStream out) {
        switch (answer) {
            case Answer.Status it -> out.writeBytes(Words.bytes(it.text()));
            case Answer.Failed it -> out.writeBytes(Words.bytes(it.text()));
            case Answer.Int it -> out.writeBytes(Words.bytes(Long.toString(it.value())));
            case Answer.Real it -> out.writeBytes(Words.bytes(it.text()));
            case Answer.Big it -> out.writeBytes(Words.bytes(it.text()));
            case Answer.Truth it -> out.writeBytes(Words.bytes(it.value() ? "(true)" : "(false)"));
            case Answer.Nil ignored -> {}
            case Answer.Bulk it -> out.writeBytes(it.bytes());
            case Answer.Verbatim it -> out.writeBytes(it.bytes());
            case Answer.Items it -> lines(it.items(), out);
            case Answer.Distinct it -> lines(it.items(), out);
            case Answer.Push it -> lines(it.items(), out);
            case Answer.Pairs it -> {
                for (int i = 0; i < it.pairs().size(); i++) {
                    if (i > 0) {
                        out.write('\n');
                    }
                    raw(it.pairs().get(i).getKey(), out);
                    out.write(' ');
                    raw(it.pairs().get(i).getValue(), out);
                }
            }
        }
    }

    private static void lines(List<Answer> items, ByteArrayOutputStream out) {
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.write('\n');
            }
            raw(items.get(i), out);
        }
    }
}
