/**
 * Pictures of measurements, as SVG. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.report.LineChart}: figures over time or load; {@link io.murmur.benchmarks.report.BarChart}: figures
 *       beside one another; {@link io.murmur.benchmarks.report.FlameGraph}: shares, by who called whom.
 *   <li>{@link io.murmur.benchmarks.report.Axis}: from figures to places in the picture; {@link io.murmur.benchmarks.report.Svg}: the
 *       elements.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks.report;

import org.jspecify.annotations.NullMarked;
