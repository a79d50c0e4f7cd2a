package io.murmur.node.config;

/**
 * What a node goes by in one setting.
 *
 * @param value as it was said, or the default
 * @param from the file, the variable of the environment, the command line, or the default
 */
public record Said(Setting setting, String value, String from) {

    /** The value for people: a secret is masked. */
    public String shown() {
        return setting.isSecret() && !value.isEmpty() ? Secret.MASK : value;
    }
}
