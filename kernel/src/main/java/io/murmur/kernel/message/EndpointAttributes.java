package io.murmur.kernel.message;

import io.murmur.kernel.ring.Member;
import java.nio.charset.StandardCharsets;

/**
 * What a node tells of itself that seldom changes.
 *
 * @param member who and where it is, and its weight
 * @param httpPort where operators reach it, 0 when nowhere, to 65535
 * @param respPort where Redis clients reach it, 0 when nowhere, to 65535
 * @param status what it is about to do
 * @param load how much it stores and does
 * @param release the version of its software, for people; at most {@link Member#MAX_TEXT_BYTES} bytes of UTF-8
 * @param protocol the newest wire protocol it speaks
 */
public record EndpointAttributes(
        Member member,
        int httpPort,
        int respPort,
        EndpointStatus status,
        EndpointLoad load,
        String release,
        int protocol) {

    public EndpointAttributes {
        if (httpPort < 0 || httpPort > 65535) {
            throw new IllegalArgumentException("http port must be 0 to 65535: " + httpPort);
        }
        if (respPort < 0 || respPort > 65535) {
            throw new IllegalArgumentException("resp port must be 0 to 65535: " + respPort);
        }
        if (protocol < 0) {
            throw new IllegalArgumentException("negative protocol: " + protocol);
        }
        if (release.getBytes(StandardCharsets.UTF_8).length > Member.MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("a release has at most " + Member.MAX_TEXT_BYTES + " bytes: " + release);
        }
    }

    public EndpointAttributes withStatus(EndpointStatus next) {
        return new EndpointAttributes(member, httpPort, respPort, next, load, release, protocol);
    }

    public EndpointAttributes withLoad(EndpointLoad next) {
        return new EndpointAttributes(member, httpPort, respPort, status, next, release, protocol);
    }

    public EndpointAttributes withMember(Member next) {
        return new EndpointAttributes(next, httpPort, respPort, status, load, release, protocol);
    }
}
