package io.murmur.node.security;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.message.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All who may do something, as a file says. Immutable. */
public final class Users {

    /** A key that stands twice in a file would otherwise win over itself in silence. */
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private static final Set<String> KEYS = Set.of("name", "password", "token", "rights");

    private final Map<String, User> byName = new HashMap<>();
    private final Map<SecretHash, User> byToken = new HashMap<>();

    private Users() {}

    /**
     * @throws IllegalArgumentException when two have one name or one token
     */
    static Users of(List<User> all) {
        Users users = new Users();
        all.forEach(users::add);
        return users;
    }

    private void add(User user) {
        if (byName.put(user.name(), user) != null) {
            throw new IllegalArgumentException("user '" + user.name() + "' stands there twice");
        }
        if (user.secret() instanceof SecretHash.OfToken token && byToken.put(token, user) != null) {
            throw new IllegalArgumentException("user '" + user.name() + "' has another's token");
        }
    }

    /** The user of this name. */
    public @Nullable User named(String name) {
        return byName.get(name);
    }

    /** The user whose token this is. */
    @Nullable
    User ofToken(String token) {
        return byToken.get(SecretHash.OfToken.of(token));
    }

    public int count() {
        return byName.size();
    }

    /**
     * Reads a file of users.
     *
     * @throws IOException when anything in it is wrong, in one line that names file, user and remedy
     */
    public static Users read(Path file) throws IOException {
        try {
            JsonNode root = YAML.readTree(Files.readString(file));
            if (root == null || !root.isArray() || root.isEmpty()) {
                throw new IllegalArgumentException("it must be a list of users, '- name: ...', and hold at least one");
            }
            List<User> users = new ArrayList<>();
            root.forEach(entry -> users.add(user(entry)));
            return Users.of(users);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " cannot be read: there is no such file", e);
        } catch (JacksonException e) {
            // What the parser quotes of the file may be a secret's hash.
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new IOException(file + " is no YAML as it should be, near line " + line, e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
    }

    /**
     * This name, which a user may have.
     *
     * @throws IllegalArgumentException when none may
     */
    public static String checkedName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > Credentials.MAX_USER_BYTES || !name.matches("[^\\p{Cc}:]+")) {
            throw new IllegalArgumentException("every user has a name of 1 to " + Credentials.MAX_USER_BYTES
                    + " bytes without colon; one has '" + name.replaceAll("\\p{Cc}", "?") + "'");
        }
        return name;
    }

    private static User user(JsonNode entry) {
        String name = checkedName(entry.path("name").asText(""));
        try {
            entry.fieldNames().forEachRemaining(key -> {
                if (!KEYS.contains(key)) {
                    throw new IllegalArgumentException("'" + key + "' is none of name, password, token, rights");
                }
            });
            return new User(name, secret(entry), rights(entry.path("rights")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("user '" + name + "': " + e.getMessage(), e);
        }
    }

    private static SecretHash secret(JsonNode entry) {
        String password = entry.path("password").asText("");
        String token = entry.path("token").asText("");
        if (password.isEmpty() == token.isEmpty()) {
            throw new IllegalArgumentException("either a password or a token is needed");
        }
        return password.isEmpty() ? SecretHash.OfToken.parse(token) : SecretHash.OfPassword.parse(password);
    }

    private static Map<String, Set<Right>> rights(JsonNode node) {
        Map<String, Set<Right>> rights = new HashMap<>();
        if (!node.isObject()) {
            throw new IllegalArgumentException("rights are needed, as { \"*\": [read], orders: [read, write] }");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String cache = field.getKey();
            if (!cache.equals(User.ANY_CACHE) && !CacheSettings.isValidName(cache)) {
                throw new IllegalArgumentException("no cache can be called '" + cache + "'");
            }
            Set<Right> own = EnumSet.noneOf(Right.class);
            if (!field.getValue().isArray()) {
                throw new IllegalArgumentException("the rights on '" + cache + "' are no list, as [read, write]");
            }
            field.getValue().forEach(right -> own.add(right(right.asText(""))));
            rights.put(cache, own);
        }
        return rights;
    }

    private static Right right(String text) {
        Function<Right, String> named = right -> right.name().toLowerCase(Locale.ROOT);
        return Arrays.stream(Right.values())
                .filter(right -> named.apply(right).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is none of read, write, admin"));
    }
}
