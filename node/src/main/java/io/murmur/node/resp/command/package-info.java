/**
 * Redis' commands on strings and keys. What each makes of a value is a pure function; around it one class of commands reads the words of a
 * request, asks the {@link io.murmur.node.resp.Keyspace}, and answers.
 *
 * <ul>
 *   <li>{@link io.murmur.node.resp.command.StringCommands}: GET, SET, INCR, APPEND and the like, over {@link
 *       io.murmur.node.resp.command.StringChanges}, {@link io.murmur.node.resp.command.LongDouble} and {@link
 *       io.murmur.node.resp.command.CommonSubsequence}.
 *   <li>{@link io.murmur.node.resp.command.BitCommands}: SETBIT, BITCOUNT, BITFIELD and the like, over {@link
 *       io.murmur.node.resp.command.Bits} and {@link io.murmur.node.resp.command.BitField}.
 *   <li>{@link io.murmur.node.resp.command.ExpiryCommands}: EXPIRE, TTL and the like, over {@link
 *       io.murmur.node.resp.command.ExpiryChanges}; {@link io.murmur.node.resp.command.Lifetime}: when what is written expires.
 *   <li>{@link io.murmur.node.resp.command.KeyCommands}: DEL, RENAME, COPY and the like.
 *   <li>{@link io.murmur.node.resp.command.ScanCommands}: SCAN, KEYS, DBSIZE and the like, over {@link
 *       io.murmur.node.resp.command.Walk} through the slots, {@link io.murmur.node.resp.command.Glob}, {@link
 *       io.murmur.node.resp.command.Cursor} and {@link io.murmur.node.resp.command.Bookmarks}.
 * </ul>
 */
@NullMarked
package io.murmur.node.resp.command;

import org.jspecify.annotations.NullMarked;
