package io.murmur.benchmarks;

import io.murmur.benchmarks.driver.JsonLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a benchmark has found, on the screen and as two files: {@code NAME.md} for people, and {@code NAME.jsonl} with one line a measurement. */
public final class Results {

    private final PrintWriter out;
    private final List<String> markdown = new ArrayList<>();
    private final List<String> json = new ArrayList<>();

    /**
     * @param command what was typed
     */
    public Results(PrintWriter out, String title, String command, String versions) {
        this.out = out;
        markdown.add("# " + title);
        markdown.add("");
        line("    ./murmur bench " + command);
        markdown.add("");
        line(Instant.now().truncatedTo(ChronoUnit.SECONDS) + "; " + Machine.here() + "; " + versions + ".");
    }

    /** A line of text; one that is empty ends a paragraph. */
    public void line(String text) {
        markdown.add(text);
        out.println(text);
        out.flush();
    }

    /** Begins a table. */
    public void header(String... columns) {
        line("");
        row((Object[]) columns);
        line("|---" + "|---:".repeat(columns.length - 1) + "|");
    }

    public void row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        line(row.toString());
    }

    public void fact(Map<String, Object> facts) {
        json.add(JsonLine.of(facts));
    }

    public void write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve(name + ".md"), markdown);
        Files.write(folder.resolve(name + ".jsonl"), json);
        out.println("written to " + folder.resolve(name) + ".md and .jsonl");
        out.flush();
    }
}
