package io.murmur.benchmarks.report;

import io.murmur.benchmarks.report.Svg.Anchor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Figures over time or load, one line for each series.
 *
 * @param series in the order of the legend
 * @param marks what happened when, across the whole height
 * @param logY equal steps for equal ratios; a figure of 0 or less then has no place, and its line has a gap
 */
public record LineChart(
        String title, String xLabel, String yLabel, List<Series> series, List<Mark> marks, boolean logY) {

    private static final double WIDTH = 960;
    private static final double PLOT_HEIGHT = 340;
    private static final double LEFT = 90;
    private static final double RIGHT = WIDTH - 30;
    private static final double ROW = 20;
    private static final double BELOW = 60;

    /** Above this the points are a line by themselves. */
    private static final int MOST_DOTS = 40;

    /** A figure. NaN as y makes a gap. */
    public record Point(double x, double y) {}

    /** Figures that belong together, ascending in x. */
    public record Series(String name, List<Point> points) {}

    /** A moment, and what it was. */
    public record Mark(double x, String text) {}

    /** The picture. */
    public String svg() {
        Svg svg = new Svg();
        svg.heading(LEFT, 26, title);
        double legendEnds = legend(svg, 50);
        double top = legendEnds + (marks.isEmpty() ? 10 : markRows() * ROW + 10);
        double bottom = top + PLOT_HEIGHT;
        Axis x = xAxis();
        Axis y = yAxis(bottom, top);
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.at(tick), RIGHT, y.at(tick), Svg.FAINT, false);
            svg.text(LEFT - 8, y.at(tick) + 4, Axis.label(tick), Anchor.END);
        }
        for (double tick : x.ticks()) {
            svg.line(x.at(tick), bottom, x.at(tick), bottom + 5, Svg.INK, false);
            svg.text(x.at(tick), bottom + 20, Axis.label(tick), Anchor.MIDDLE);
        }
        svg.line(LEFT, bottom, RIGHT, bottom, Svg.INK, false);
        svg.text((LEFT + RIGHT) / 2, bottom + 44, xLabel, Anchor.MIDDLE);
        svg.uprightText(20, (top + bottom) / 2, yLabel);
        for (int i = 0; i < marks.size(); i++) {
            Mark mark = marks.get(i);
            double place = x.at(mark.x);
            double row = legendEnds + ROW * (1 + i % markRows());
            svg.line(place, row - 10, place, bottom, Svg.INK, true);
            // On the side with more room.
            boolean leftHalf = place < (LEFT + RIGHT) / 2;
            svg.text(leftHalf ? place + 4 : place - 4, row, mark.text, leftHalf ? Anchor.START : Anchor.END);
        }
        for (int i = 0; i < series.size(); i++) {
            draw(svg, series.get(i), Svg.colour(i), x, y);
        }
        return svg.finish(title, WIDTH, bottom + BELOW);
    }

    /** Texts of marks close to one another are written below one another. */
    private int markRows() {
        return Math.min(4, Math.max(1, marks.size()));
    }

    /** Returns where it ends. */
    private double legend(Svg svg, double top) {
        double row = top;
        double place = LEFT;
        for (int i = 0; i < series.size(); i++) {
            String name = series.get(i).name;
            double width = 34 + Svg.width(name);
            if (place > LEFT && place + width > RIGHT) {
                place = LEFT;
                row += ROW;
            }
            svg.rectangle(place, row - 8, 16, 5, Svg.colour(i), name);
            svg.text(place + 21, row, name, Anchor.START);
            place += width + 10;
        }
        return row;
    }

    private Axis xAxis() {
        double[] all = DoubleStream.concat(
                        points().stream().mapToDouble(Point::x), marks.stream().mapToDouble(Mark::x))
                .filter(Double::isFinite)
                .toArray();
        double least = DoubleStream.of(all).min().orElse(0);
        double most = DoubleStream.of(all).max().orElse(1);
        return Axis.linear(least, most, LEFT, RIGHT);
    }

    private Axis yAxis(double bottom, double top) {
        double most = shown().max().orElse(1);
        return logY
                ? Axis.logarithmic(shown().min().orElse(1), most, bottom, top)
                : Axis.linear(Math.min(0, shown().min().orElse(0)), most * 1.05, bottom, top);
    }

    /** The figures that have a place. */
    private DoubleStream shown() {
        return points().stream().mapToDouble(Point::y).filter(value -> Double.isFinite(value) && (!logY || value > 0));
    }

    private List<Point> points() {
        return series.stream().map(Series::points).flatMap(Collection::stream).toList();
    }

    private static void draw(Svg svg, Series series, String colour, Axis x, Axis y) {
        StringBuilder path = new StringBuilder();
        List<Point> held = new ArrayList<>();
        boolean gap = true;
        for (Point point : series.points) {
            if (x.holds(point.x) && y.holds(point.y)) {
                path.append(String.format(Locale.ROOT, "%s%.1f %.1f", gap ? "M" : "L", x.at(point.x), y.at(point.y)));
                held.add(point);
                gap = false;
            } else {
                gap = true;
            }
        }
        if (!held.isEmpty()) {
            svg.path(path.toString(), colour);
        }
        if (held.size() <= MOST_DOTS) {
            held.forEach(point -> svg.dot(x.at(point.x), y.at(point.y), colour));
        }
    }
}
