/**
 * {@code ./murmur shell}: an interactive prompt that speaks RESP to a node, to Murmur's and to Redis' own.
 *
 * <ul>
 *   <li>{@link io.murmur.node.shell.ShellCommand}: its options, and which of its three ways it goes: a prompt, a script, commands of the
 *       command line.
 *   <li>{@link io.murmur.node.shell.Prompt}: the terminal: line editing, history, completion, hints. JLine is used here alone.
 *   <li>{@link io.murmur.node.shell.Shell}: what a line does.
 *   <li>{@link io.murmur.node.shell.Session}: the node that is spoken to, and the next one when it is gone.
 *   <li>{@link io.murmur.node.shell.Wire}: one connection; with {@link io.murmur.node.shell.AnswerReader} for {@link
 *       io.murmur.node.shell.Answer}s.
 *   <li>{@link io.murmur.node.shell.Words}, {@link io.murmur.node.shell.Format}, {@link io.murmur.node.shell.CommandBook}, {@link
 *       io.murmur.node.shell.Secrets} (pure): lines into words, answers into text, what commands there are, what is kept of them.
 * </ul>
 */
@NullMarked
package io.murmur.node.shell;

import org.jspecify.annotations.NullMarked;
