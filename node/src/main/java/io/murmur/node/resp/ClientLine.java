package io.murmur.node.resp;

import io.murmur.node.security.User;

/**
 * How a connection stands, as CLIENT LIST tells it.
 *
 * @param ageSeconds since it was opened
 * @param idleSeconds since its last command came
 * @param unreadBytes that have come and are no command yet
 * @param waitingBytes of answers that wait for the socket
 * @param command the last
 */
public record ClientLine(
        long id,
        String address,
        String localAddress,
        String name,
        String user,
        int protocol,
        boolean isReadOnly,
        boolean isKept,
        boolean isUntouching,
        String library,
        String libraryVersion,
        long ageSeconds,
        long idleSeconds,
        long unreadBytes,
        long waitingBytes,
        String command) {

    static ClientLine of(
            Session session, long ageSeconds, long idleSeconds, long unreadBytes, long waitingBytes, String command) {
        User user = session.user();
        return new ClientLine(
                session.id(),
                session.line().address(),
                session.line().localAddress(),
                session.name(),
                user == null ? "default" : user.name(),
                session.protocol(),
                session.isReadOnly(),
                session.isKept(),
                session.isUntouching(),
                session.clientLibrary(),
                session.clientLibraryVersion(),
                ageSeconds,
                idleSeconds,
                unreadBytes,
                waitingBytes,
                command);
    }

    /** Redis' letters: N for none of the others. */
    private String flags() {
        String flags = (isKept ? "e" : "") + (isReadOnly ? "r" : "") + (isUntouching ? "T" : "");
        return flags.isEmpty() ? "N" : flags;
    }

    /** In Redis' form; what there is none of here is as Redis has it when it has none. */
    public String text() {
        return "id=" + id + " addr=" + address + " laddr=" + localAddress + " fd=-1 name=" + name + " age=" + ageSeconds
                + " idle=" + idleSeconds + " flags=" + flags() + " db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf="
                + unreadBytes + " qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=" + waitingBytes
                + " tot-mem=" + (unreadBytes + waitingBytes) + " events=r cmd=" + command + " user=" + user
                + " redir=-1 resp=" + protocol + " lib-name=" + library + " lib-ver=" + libraryVersion;
    }
}
