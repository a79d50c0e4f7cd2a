package io.murmur.node.resp;

import io.murmur.node.security.User;
import org.jspecify.annotations.Nullable;

/** Of a session that has no connection. */
public final class NoLine implements Session.Line {

    @Override
    public void closeBehindAnswers() {}

    @Override
    public void known(@Nullable User user) {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public ClientLine seen() {
        throw new UnsupportedOperationException("there is no connection");
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public String address() {
        return "127.0.0.1:1";
    }

    @Override
    public String localAddress() {
        return "127.0.0.1:2";
    }
}
