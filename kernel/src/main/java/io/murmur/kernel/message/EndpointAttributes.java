package io.murmur.kernel.message;

import io.murmur.kernel.ring.Member;
import java.nio.charset.StandardCharsets;

/**
 * What a node tells of itself that seldom changes.
 *
 * @param member who and where it is, and its weight
 * @param httpPort where operators reach it, 0 when nowhere, to 65535
 * @param status what it is about to do
 * @param loadBytes how much it stores
 * @param release the version of its software, for people; at most {@link Member#MAX_TEXT_BYTES} bytes of UTF-8
 * @param protocol the newest wire protocol it speaks
 */
public record EndpointAttributes(
        Member member, int httpPort, EndpointStatus status, long loadBytes, String release, int protocol) {

    public EndpointAttributes {
        if (httpPort < 0 || httpPort > 65535) {
            throw new IllegalArgumentException("http port must be 0 to 65535: " + httpPort);
        }
        if (loadBytes < 0 || protocol < 0) {
            throw new IllegalArgumentException("negative load or protocol: " + loadBytes + ", " + protocol);
        }
        if (release.getBytes(StandardCharsets.UTF_8).length > Member.MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("a release has at most " + Member.MAX_TEXT_BYTES + " bytes: " + release);
        }
    }

    public EndpointAttributes withStatus(EndpointStatus next) {
        return new EndpointAttributes(member, httpPort, next, loadBytes, release, protocol);
    }

    public EndpointAttributes withLoadBytes(long bytes) {
        return new EndpointAttributes(member, httpPort, status, bytes, release, protocol);
    }

    public EndpointAttributes withMember(Member next) {
        return new EndpointAttributes(next, httpPort, status, loadBytes, release, protocol);
    }
}
