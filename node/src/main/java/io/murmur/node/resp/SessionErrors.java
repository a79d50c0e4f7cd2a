package io.murmur.node.resp;

/** Errors about who somebody is, in the words of Redis, since clients read them. */
public final class SessionErrors {

    public static final String NO_AUTH = "NOAUTH Authentication required.";

    public static final String WRONG_PASS = "WRONGPASS invalid username-password pair or user is disabled.";

    public static final String HELLO_NO_AUTH =
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user>"
                    + " <pass> option can be used to authenticate the client and select the RESP protocol version at the"
                    + " same time";

    public static final String NO_PASSWORD =
            "ERR AUTH <password> called without any password configured for the default user. Are you sure your"
                    + " configuration is correct?";

    private SessionErrors() {}
}
