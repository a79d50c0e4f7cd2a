package io.murmur.node.config;

/** A setting is wrong; the message is one line that names the key, the value, where it came from, and the remedy. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(message);
    }
}
