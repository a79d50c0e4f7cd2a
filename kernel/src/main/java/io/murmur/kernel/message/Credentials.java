package io.murmur.kernel.message;

/** What a client shows to be let in. Secret: no text made of it holds more than the user's name. */
public sealed interface Credentials {

    /** The longest user's name, in bytes of UTF-8. */
    int MAX_USER_BYTES = 64;

    /** The longest password or token, in bytes of UTF-8. */
    int MAX_SECRET_BYTES = 512;

    /** A user and the password of that user. */
    record Password(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "Password[user=" + user + "]";
        }
    }

    /** A token, which says whose it is as well. */
    record Token(String token) implements Credentials {
        @Override
        public String toString() {
            return "Token[]";
        }
    }
}
