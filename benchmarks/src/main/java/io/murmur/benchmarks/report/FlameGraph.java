package io.murmur.benchmarks.report;

import io.murmur.benchmarks.report.Svg.Anchor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where something went, by who called whom: each frame stands on its caller, and is as wide as its share. What is on top of nothing was used by
 * the frame itself. Made to be read without scripts: the rest of a frame's name is its tooltip.
 *
 * @param unit of the weights, as in "1,234 samples"
 * @param all the frame at the bottom
 */
public record FlameGraph(String title, String unit, Frame all) {

    private static final double WIDTH = 1200;
    private static final double MARGIN = 10;
    private static final double ROW = 18;
    private static final double LEGEND = 50;
    private static final double TOP = 66;
    private static final double BELOW = 12;

    /** Narrower frames, which nobody could see, are left out with all that stands on them. */
    private static final double LEAST_WIDTH = 1;

    private static final double GAP = 0.5;

    /** Whose code a frame is, which its colour says. Light ones, that a dark name can be read on. */
    public enum Kind {
        MURMUR("Murmur", "#f6b26b"),
        NETTY("Netty", "#8ecae6"),
        JDK("the JDK", "#b7d7a8"),
        SYSTEM("native methods and the kernel", "#dab6e0"),
        OTHER("others", "#d9d9d9");

        private final String words;
        private final String fill;

        Kind(String words, String fill) {
            this.words = words;
            this.fill = fill;
        }
    }

    /**
     * A method, called in one way.
     *
     * @param name short
     * @param about the whole name
     * @param weight its own and that of what it called, so never less than that of its children together
     * @param children what it called, from left to right
     */
    public record Frame(String name, String about, Kind kind, long weight, List<Frame> children) {}

    /**
     * A frame's place.
     *
     * @param depth 0 at the bottom
     */
    record Box(double x, double width, int depth, Frame frame) {}

    /** Those that can be seen, each behind its caller. */
    List<Box> boxes() {
        List<Box> boxes = new ArrayList<>();
        place(all, MARGIN, 0, (WIDTH - 2 * MARGIN) / Math.max(1, all.weight), boxes);
        return boxes;
    }

    private static void place(Frame frame, double x, int depth, double widthOfOne, List<Box> boxes) {
        double width = frame.weight * widthOfOne;
        if (width < LEAST_WIDTH) {
            return;
        }
        boxes.add(new Box(x, width, depth, frame));
        double next = x;
        for (Frame child : frame.children) {
            place(child, next, depth + 1, widthOfOne, boxes);
            next += child.weight * widthOfOne;
        }
    }

    /** The picture. */
    public String svg() {
        List<Box> boxes = boxes();
        int deepest = boxes.stream().mapToInt(Box::depth).max().orElse(0);
        Svg svg = new Svg();
        svg.heading(MARGIN, 26, title);
        legend(svg);
        for (Box box : boxes) {
            double width = Math.max(box.width - GAP, GAP);
            svg.labelled(
                    box.x,
                    TOP + (deepest - box.depth) * ROW,
                    width,
                    ROW - 1,
                    box.frame.kind.fill,
                    about(box.frame),
                    fitted(box.frame.name, width));
        }
        return svg.finish(title, WIDTH, TOP + (deepest + 1) * ROW + BELOW);
    }

    private static void legend(Svg svg) {
        double place = MARGIN;
        for (Kind kind : Kind.values()) {
            svg.rectangle(place, LEGEND - 11, 14, 12, kind.fill, kind.words);
            svg.text(place + 19, LEGEND, kind.words, Anchor.START);
            place += 34 + Svg.width(kind.words);
        }
    }

    private String about(Frame frame) {
        long own =
                frame.weight - frame.children.stream().mapToLong(Frame::weight).sum();
        return String.format(
                Locale.ROOT,
                "%s: %,d %s, %.2f %%; by itself %.2f %%",
                frame.about,
                frame.weight,
                unit,
                percent(frame.weight),
                percent(own));
    }

    private double percent(long weight) {
        return 100.0 * weight / Math.max(1, all.weight);
    }

    /** As much of a name as there is room for; nothing when that would be no more than a few letters. */
    static String fitted(String name, double width) {
        int letters = (int) ((width - 4) / Svg.width("m"));
        if (name.length() <= letters) {
            return name;
        }
        return letters < 4 ? "" : name.substring(0, letters - 2) + "..";
    }
}
