package io.murmur.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.node.config.NodeConfiguration;
import io.murmur.node.config.Said;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Routes;
import java.time.Duration;
import java.util.Locale;

/** What this node goes by, its caches, and which release it is. */
final class ConfigPages implements Pages {

    private final Node node;

    ConfigPages(Node node) {
        this.node = node;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/config", (request, answer) -> answer.json(config()));
        routes.get("/caches", (request, answer) -> answer.json(caches()));
        routes.get("/version", (request, answer) -> answer.json(version()));
    }

    private ObjectNode config() {
        NodeConfiguration configuration = node.configuration();
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("node", configuration.name());
        page.put("data", configuration.data().toAbsolutePath().normalize().toString());
        ObjectNode settings = page.putObject("settings");
        for (Said said : configuration.said()) {
            ObjectNode line = settings.putObject(said.setting().key());
            String inEffect = inEffect(said);
            line.put("value", inEffect);
            if (!inEffect.equals(said.shown())) {
                line.put("said", said.shown());
            }
            line.put("from", said.from());
        }
        return page;
    }

    /** Some values mean that the node is to find another. */
    private String inEffect(Said said) {
        NodeConfiguration configuration = node.configuration();
        return switch (said.setting()) {
            case DATA -> configuration.data().toAbsolutePath().normalize().toString();
            case ADVERTISED_HOST -> configuration.advertisedHost();
            case HTTP_PORT -> Integer.toString(node.httpPort());
            case RESP_PORT -> node.resp() == null ? said.shown() : Integer.toString(node.respPort());
            case INITIAL_NODES -> Integer.toString(configuration.initialNodes());
            case SHARDS -> Integer.toString(configuration.shards());
            default -> said.shown();
        };
    }

    private ObjectNode caches() {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("node", node.configuration().name());
        ArrayNode caches = page.putArray("caches");
        for (CacheSettings cache : node.configuration().caches().values()) {
            ObjectNode line = caches.addObject()
                    .put("name", cache.name())
                    .put("replicas", cache.replicas())
                    .put("read", cache.readLevel().toString())
                    .put("write", cache.writeLevel().toString())
                    .put("durability", cache.durability().name().toLowerCase(Locale.ROOT));
            Duration timeToLive = cache.timeToLive();
            line.put("timeToLiveSeconds", timeToLive == null ? null : (Double) (timeToLive.toMillis() / 1e3));
        }
        return page;
    }

    private ObjectNode version() {
        Runtime.Version java = Runtime.version();
        return JsonNodeFactory.instance
                .objectNode()
                .put("release", Control.RELEASE)
                .put("protocol", MessageCodec.PROTOCOL)
                .put("java", java.toString())
                .put("vm", System.getProperty("java.vm.name") + " by " + System.getProperty("java.vm.vendor"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("architecture", System.getProperty("os.arch"))
                .put("processors", Runtime.getRuntime().availableProcessors());
    }
}
