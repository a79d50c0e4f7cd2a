package io.murmur.kernel.message;

/** All that is gossiped of one node. */
public record EndpointState(EndpointDigest digest, EndpointAttributes attributes) {

    public EndpointState {
        if (!digest.node().equals(attributes.member().id())) {
            throw new IllegalArgumentException("the digest of " + digest.node() + " with the attributes of "
                    + attributes.member().id());
        }
    }
}
