package io.murmur.node.admin;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows whose cells stand below one another, however long they are. Numbers stand to the right. */
public final class Table {

    private static final String GAP = "  ";

    private final List<String> headers;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headers) {
        this.headers = List.of(headers);
        rows.add(this.headers);
    }

    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    public void print(PrintWriter out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String padding = " ".repeat(width(column) - cell.length());
                line.append(column == 0 ? "" : GAP).append(isOfNumbers(column) ? padding + cell : cell + padding);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private boolean isOfNumbers(int column) {
        return rows.size() > 1
                && rows.stream().skip(1).map(row -> row.get(column)).allMatch(Table::isNumber);
    }

    /** Or stands for one that is not known. */
    private static boolean isNumber(String cell) {
        return cell.matches("-|[0-9.]+( ?([KMGT]iB|B|%))?");
    }
}
