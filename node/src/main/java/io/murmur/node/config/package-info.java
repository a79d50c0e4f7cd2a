/**
 * What a node goes by.
 *
 * <ul>
 *   <li>{@link io.murmur.node.config.NodeConfiguration}: the values.
 *   <li>{@link io.murmur.node.config.Setting}: the one table of keys, from which parser, checks and documentation come.
 *   <li>{@link io.murmur.node.config.Said}: where one came from; {@link io.murmur.node.config.Secret}: one that is not shown.
 *   <li>{@link io.murmur.node.config.ConfigurationReader}: from file, environment and flags to values.
 *   <li>{@link io.murmur.node.config.ConfigurationException}: what is wrong, where, and what to do.
 * </ul>
 */
@NullMarked
package io.murmur.node.config;

import org.jspecify.annotations.NullMarked;
