package io.murmur.gossip;

import io.murmur.kernel.message.EndpointState;

/**
 * What is known and believed of a node, for people.
 *
 * @param state what it last said, as far as it has reached this observer
 * @param standing what this observer believes
 * @param phi how suspicious its silence is; 0 for the own node
 * @param sinceMillis for how many milliseconds it has counted as alive, or not; pauses of this observer left out
 */
public record EndpointView(EndpointState state, Standing standing, double phi, long sinceMillis) {}
