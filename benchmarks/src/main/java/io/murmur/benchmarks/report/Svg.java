package io.murmur.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** The elements of a picture, on a light ground whatever the page around it looks like. */
final class Svg {

    static final String INK = "#222222";
    static final String FAINT = "#dddddd";
    static final int FONT_SIZE = 13;

    /** What a letter takes on average, in parts of the font's size; a little more, so that nothing touches. */
    private static final double LETTER_WIDTH = 0.58;

    /** Those of Okabe and Ito, which the colour-blind tell apart, without the yellow that is lost on white. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555");

    private final StringBuilder elements = new StringBuilder();

    /** Where a text has its place. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    static String colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    static double width(String text) {
        return text.length() * FONT_SIZE * LETTER_WIDTH;
    }

    void rectangle(double x, double y, double width, double height, String fill, String about) {
        elements.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%s</title></rect>%n",
                x,
                y,
                width,
                height,
                fill,
                escaped(about)));
    }

    /** With a name inside, over which the pointer still finds what it is about. */
    void labelled(double x, double y, double width, double height, String fill, String about, String label) {
        elements.append(String.format(
                Locale.ROOT,
                "<g><title>%s</title><rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"/>",
                escaped(about),
                x,
                y,
                width,
                height,
                fill));
        if (!label.isEmpty()) {
            elements.append(String.format(
                    Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\">%s</text>", x + 2, y + height - 4, escaped(label)));
        }
        elements.append("</g>\n");
    }

    void line(double fromX, double fromY, double toX, double toY, String stroke, boolean dashed) {
        elements.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>%n",
                fromX,
                fromY,
                toX,
                toY,
                stroke,
                dashed ? " stroke-dasharray=\"4 3\"" : ""));
    }

    void path(String data, String stroke) {
        elements.append(String.format(
                Locale.ROOT,
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" stroke-linejoin=\"round\"/>%n",
                data,
                stroke));
    }

    void dot(double x, double y, String fill) {
        elements.append(
                String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n", x, y, fill));
    }

    void text(double x, double y, String text, Anchor anchor) {
        elements.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor.name().toLowerCase(Locale.ROOT),
                escaped(text)));
    }

    void heading(double x, double y, String text) {
        elements.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" font-weight=\"bold\">%s</text>%n", x, y, escaped(text)));
    }

    /** From below upwards. */
    void uprightText(double x, double y, String text) {
        elements.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 %.1f %.1f)\">%s</text>%n",
                x,
                y,
                x,
                y,
                escaped(text)));
    }

    /** The whole picture; the title is for those who cannot see it. */
    String finish(String title, double width, double height) {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\""
                                + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"%d\" fill=\"%s\">%n",
                        width,
                        height,
                        width,
                        height,
                        FONT_SIZE,
                        INK)
                + "<title>" + escaped(title) + "</title>\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
                + elements
                + "</svg>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
