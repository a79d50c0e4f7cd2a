package io.murmur.node.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a page is: a method and a path such as {@code /keys/{cache}/{key}}. A variable stands for one part of the path, not empty; the last
 * one, at the end of a path, for all the rest, slashes included.
 *
 * @param need what whoever asks needs
 * @param parameters that the query may have; any other is refused
 */
public record Route(HttpMethod method, String path, Need need, Set<String> parameters, Page page) {

    /** What whoever asks has to show. */
    public enum Need {
        /** Nothing, ever: for those who look whether the node lives. */
        NOTHING,
        /** What reading needs. */
        READ,
        /** What changing something needs. */
        CHANGE
    }

    private static List<String> parts(String path) {
        return List.of(path.split("/", -1));
    }

    private static boolean isVariable(String part) {
        return part.startsWith("{") && part.endsWith("}");
    }

    /** The variables' values when this is the route of the path, else null. */
    @Nullable
    Map<String, String> variablesOf(String asked) {
        List<String> pattern = parts(path);
        List<String> said = parts(asked);
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < pattern.size(); i++) {
            String part = pattern.get(i);
            boolean isLast = i == pattern.size() - 1;
            if (i >= said.size()) {
                return null;
            } else if (!isVariable(part)) {
                if (!part.equals(said.get(i)) || (isLast && said.size() > pattern.size())) {
                    return null;
                }
            } else {
                String value = isLast ? String.join("/", said.subList(i, said.size())) : said.get(i);
                if (!isLast && value.isEmpty()) {
                    return null;
                }
                variables.put(part.substring(1, part.length() - 1), value);
            }
        }
        return variables;
    }

    /** How much of the path is fixed: among several routes of one path the one that says more counts. */
    int exactness() {
        return (int) parts(path).stream().filter(part -> !isVariable(part)).count();
    }

    /** For people, as {@code GET /ring}. */
    String described() {
        List<String> query = new ArrayList<>(parameters);
        query.sort(null);
        return method + " " + path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }
}
