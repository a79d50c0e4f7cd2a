package io.murmur.node.resp.server;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Level;
import io.murmur.node.resp.LevelWords;
import io.murmur.node.resp.Levels;
import io.murmur.node.resp.Refusal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user's name as it is said in AUTH or HELLO: behind a question mark may stand how the connection is to work, as in {@code
 * alice?read=one&write=quorum&cache=orders}, for clients that can say no more than a name and a password.
 *
 * @param cache null when none was said
 */
record Login(Levels levels, @Nullable CacheSettings cache) {

    /** The name in front of the question mark. What is behind it is for those to hear of who have shown that it is their name. */
    static String user(String said) {
        int mark = said.indexOf('?');
        return mark < 0 ? said : said.substring(0, mark);
    }

    /** @throws Refusal when what stands behind the question mark makes no sense */
    static Login of(String said, Levels before, Map<String, CacheSettings> caches) {
        int mark = said.indexOf('?');
        if (mark < 0) {
            return new Login(before, null);
        }
        Level read = before.read();
        Level write = before.write();
        CacheSettings cache = null;
        for (String option : said.substring(mark + 1).split("&", -1)) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            String value = equals < 0 ? "" : option.substring(equals + 1);
            switch (name) {
                case "level" -> {
                    read = LevelWords.level(value);
                    write = read;
                }
                case "read" -> read = LevelWords.level(value);
                case "write" -> write = LevelWords.level(value);
                case "cache" -> cache = Words.cache(value, caches);
                default ->
                    throw new Refusal("ERR '" + option
                            + "' behind the user's name is none of level=, read=, write=, cache=, as in"
                            + " alice?read=one&write=quorum");
            }
        }
        return new Login(new Levels(read, write), cache);
    }
}
