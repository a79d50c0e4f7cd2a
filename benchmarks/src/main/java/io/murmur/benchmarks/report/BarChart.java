package io.murmur.benchmarks.report;

import io.murmur.benchmarks.report.Svg.Anchor;
import java.util.Collection;
import java.util.List;

/**
 * Figures beside one another, as bars from left to right; the bars of one group share its heading, and all share the scale, which begins at 0.
 *
 * @param valueLabel what the figures are
 */
public record BarChart(String title, String valueLabel, List<Group> groups) {

    private static final double WIDTH = 960;
    private static final double MARGIN = 20;
    private static final double BAR = 20;
    private static final double ROW = 26;
    private static final double HEADING = 30;

    /** Bars under a heading; an empty one takes no place. */
    public record Group(String name, List<Bar> bars) {}

    /**
     * One figure.
     *
     * @param text stands at its end
     */
    public record Bar(String label, double value, String text) {}

    /** The picture. A bar of the same label has the same colour in all groups. */
    public String svg() {
        Svg svg = new Svg();
        List<Bar> all =
                groups.stream().map(Group::bars).flatMap(Collection::stream).toList();
        List<String> labels = all.stream().map(Bar::label).distinct().toList();
        double left = MARGIN + 8 + labels.stream().mapToDouble(Svg::width).max().orElse(0);
        double right = WIDTH
                - MARGIN
                - 8
                - all.stream().mapToDouble(bar -> Svg.width(bar.text)).max().orElse(0);
        double most = all.stream()
                .mapToDouble(Bar::value)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        Axis axis = Axis.linear(0, most, left, right);
        svg.heading(MARGIN, 26, title);
        double top = 44;
        double y = top;
        for (Group group : groups) {
            if (!group.name.isEmpty()) {
                svg.heading(left + 6, y + 20, group.name);
                y += HEADING;
            }
            for (Bar bar : group.bars) {
                svg.text(left - 8, y + 15, bar.label, Anchor.END);
                double end = axis.holds(bar.value) ? axis.at(bar.value) : left;
                svg.rectangle(
                        left, y, end - left, BAR, Svg.colour(labels.indexOf(bar.label)), bar.label + ": " + bar.text);
                svg.text(end + 6, y + 15, bar.text, Anchor.START);
                y += ROW;
            }
        }
        for (double tick : axis.ticks()) {
            svg.line(axis.at(tick), y, axis.at(tick), y + 5, Svg.INK, false);
            svg.text(axis.at(tick), y + 20, Axis.label(tick), Anchor.MIDDLE);
        }
        svg.line(left, top, left, y, Svg.INK, false);
        svg.line(left, y, right, y, Svg.INK, false);
        svg.text((left + right) / 2, y + 40, valueLabel, Anchor.MIDDLE);
        return svg.finish(title, WIDTH, y + 56);
    }
}
