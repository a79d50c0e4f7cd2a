package io.murmur.node.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which page is where. Filled before the port is opened, and unchanged from then on. */
public final class Routes {

    private final List<Route> routes = new ArrayList<>();

    /** What has been found for a request. */
    sealed interface Found {
        /** A page. */
        record Here(Route route, Map<String, String> variables) implements Found {}

        /** None; what is answered instead. */
        record Nowhere(Response response) implements Found {}
    }

    /** A page to be read; HEAD is answered as well. */
    public Routes get(String path, Page page, String... parameters) {
        return add(new Route(HttpMethod.GET, path, Route.Need.READ, Set.of(parameters), page));
    }

    /** A page that may be read by everybody, whatever the access. */
    public Routes getByAnybody(String path, Page page, String... parameters) {
        return add(new Route(HttpMethod.GET, path, Route.Need.NOTHING, Set.of(parameters), page));
    }

    /** A change. */
    public Routes post(String path, Page page, String... parameters) {
        return add(new Route(HttpMethod.POST, path, Route.Need.CHANGE, Set.of(parameters), page));
    }

    /** A change that sets something. */
    public Routes put(String path, Page page, String... parameters) {
        return add(new Route(HttpMethod.PUT, path, Route.Need.CHANGE, Set.of(parameters), page));
    }

    private Routes add(Route route) {
        if (routes.stream()
                .anyMatch(other ->
                        other.method().equals(route.method()) && other.path().equals(route.path()))) {
            throw new IllegalArgumentException("there is a " + route.described() + " already");
        }
        routes.add(route);
        return this;
    }

    public Routes add(Pages pages) {
        pages.addTo(this);
        return this;
    }

    /** All of them. */
    public List<Route> all() {
        return List.copyOf(routes);
    }

    Found find(HttpMethod method, String path) {
        HttpMethod wanted = method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method;
        Map<Route, Map<String, String>> there = new LinkedHashMap<>();
        for (Route route : routes) {
            Map<String, String> variables = route.variablesOf(path);
            if (variables != null) {
                there.put(route, variables);
            }
        }
        return there.entrySet().stream()
                .filter(entry -> entry.getKey().method().equals(wanted))
                .max(Comparator.comparingInt(entry -> entry.getKey().exactness()))
                .<Found>map(best -> new Found.Here(best.getKey(), best.getValue()))
                .orElseGet(() -> new Found.Nowhere(there.isEmpty() ? noSuchPage() : notSo(there.keySet())));
    }

    private Response noSuchPage() {
        return Response.error(
                HttpResponseStatus.NOT_FOUND,
                "no such page; there are "
                        + routes.stream().map(Route::described).collect(Collectors.joining(", ")));
    }

    private static Response notSo(Set<Route> there) {
        Set<String> allowed = new TreeSet<>();
        for (Route route : there) {
            allowed.add(route.method().name());
            if (route.method().equals(HttpMethod.GET)) {
                allowed.add(HttpMethod.HEAD.name());
            }
        }
        String methods = String.join(", ", allowed);
        return Response.error(HttpResponseStatus.METHOD_NOT_ALLOWED, "only " + methods + " is answered here")
                .with(HttpHeaderNames.ALLOW.toString(), methods);
    }
}
