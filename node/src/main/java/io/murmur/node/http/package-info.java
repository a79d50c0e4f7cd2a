/**
 * An HTTP port that knows nothing of what is served there.
 *
 * <ul>
 *   <li>{@link io.murmur.node.http.Page}: what answers a {@link io.murmur.node.http.Request} with an {@link io.murmur.node.http.Answer};
 *       {@link io.murmur.node.http.Response}: an answer that is whole, {@link io.murmur.node.http.AnswerStream}: one that goes on.
 *   <li>{@link io.murmur.node.http.Pages}: pages that belong together; {@link io.murmur.node.http.Routes}: which page is where; {@link
 *       io.murmur.node.http.Route}: one of them, and what it takes.
 *   <li>{@link io.murmur.node.http.Refusal}: what a page throws that does not do what it is asked for.
 *   <li>{@link io.murmur.node.http.HttpAccess}: who may.
 *   <li>{@link io.murmur.node.http.HttpServer}: the port and its bounds; {@link io.murmur.node.http.HttpConnection}: one connection, its
 *       requests in turn and its time limits.
 * </ul>
 */
@NullMarked
package io.murmur.node.http;

import org.jspecify.annotations.NullMarked;
