/**
 * Who may come in, and what they may do. Nothing of it is there while security is off.
 *
 * <ul>
 *   <li>{@link io.murmur.node.security.Security}: all of it, put together.
 *   <li>{@link io.murmur.node.security.Watched}: what is made of files, and made anew when they change; {@link
 *       io.murmur.node.security.Certificates}, {@link io.murmur.node.security.Users}: what is.
 *   <li>{@link io.murmur.node.security.User}, {@link io.murmur.node.security.Right}, {@link io.murmur.node.security.SecretHash}: one line of
 *       the file of users.
 *   <li>{@link io.murmur.node.security.Authenticator}: who somebody is, by what they show.
 *   <li>{@link io.murmur.node.security.TlsEntrance}: who speaks no TLS to a port that does; {@link
 *       io.murmur.node.security.Handshakes}: where handshakes are computed, a bounded number; {@link io.murmur.node.security.RefusalLog}: who
 *       was refused, a bounded number of lines.
 *   <li>{@link io.murmur.node.security.Listening}: how ports meet whoever connects.
 *   <li>{@link io.murmur.node.security.LoginOptions}: how commands speak to a node where security is on.
 * </ul>
 */
@NullMarked
package io.murmur.node.security;

import org.jspecify.annotations.NullMarked;
