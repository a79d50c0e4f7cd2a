/**
 * What calls feel while something goes wrong. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.benchmarks.hours.BadHours}: {@code ./murmur bench hours}.
 *   <li>{@link io.murmur.benchmarks.hours.OpenLoop}: calls at a given rate, due by a {@link io.murmur.benchmarks.hours.Schedule}; {@link
 *       io.murmur.benchmarks.hours.Mix}: which; {@link io.murmur.benchmarks.hours.Timeline}: what became of them, over time.
 *   <li>{@link io.murmur.benchmarks.hours.CheckedCache}: Murmur, each read held against the {@link io.murmur.benchmarks.hours.Ledger} of
 *       what was acknowledged.
 *   <li>{@link io.murmur.benchmarks.hours.Scenario}: a bad hour, played on a {@link io.murmur.benchmarks.hours.Stage}: {@link
 *       io.murmur.benchmarks.hours.Kill}, {@link io.murmur.benchmarks.hours.Pause}, {@link io.murmur.benchmarks.hours.ZoneOutage}, {@link
 *       io.murmur.benchmarks.hours.JoinAndLeave}, {@link io.murmur.benchmarks.hours.Compacting}, {@link
 *       io.murmur.benchmarks.hours.Overload}, {@link io.murmur.benchmarks.hours.HotKey}.
 *   <li>{@link io.murmur.benchmarks.hours.Course}: how it went; {@link io.murmur.benchmarks.hours.Verdict}: whether it was as it should be,
 *       by {@link io.murmur.benchmarks.hours.Figures}; {@link io.murmur.benchmarks.hours.HoursReport}: for people and machines.
 * </ul>
 */
@NullMarked
package io.murmur.benchmarks.hours;

import org.jspecify.annotations.NullMarked;
