package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.internal.Transport;
import io.murmur.gossip.Standing;
import io.murmur.kernel.ring.Member;
import io.murmur.node.http.HttpAccess;
import io.murmur.node.http.HttpServer;
import io.murmur.node.http.Routes;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The picture in a browser, of clusters that are not started: large ones, and names that would break it. */
@Tag("browser")
class PictureOfManyTest {

    private final EventLoopGroup group = Transport.loops(1, "picture-test");

    @SuppressWarnings("NullAway.Init")
    private Browser browser;

    @BeforeEach
    void start() {
        browser = Browser.start();
        browser.look(Browser.Screen.DESK);
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Serves the page with one state of this cluster, and opens it. */
    private void open(MadeUpCluster cluster) throws IOException {
        PictureFeed feed = cluster.feed();
        Routes routes = new Routes().add(new PictureFiles());
        routes.get(
                "/events",
                (request, answer) -> answer.stream("text/event-stream")
                        .send("event: ring\ndata: " + feed.ring(cluster.ring()) + "\n\nevent: state\ndata: "
                                + feed.state(cluster.moment(null)).put("whole", true) + "\n\n"));
        HttpServer server = new HttpServer(routes, new HttpAccess("", "", null), HttpServer.Bounds.DEFAULT);
        server.listen(group.next(), bootstrap -> Server.bind(bootstrap, "127.0.0.1", 0, "http.port"));
        browser.open(server.port());
    }

    /** A node may tell anything of itself by gossip, whatever its own settings would let through. */
    @Test
    void whatLooksLikeMarkupIsTextWhereverItIsShown() throws Exception {
        String image = "<img src=x onerror=\"window.isBroken=1\">";
        String script = "</text><script>window.isBroken=1</script>";
        MadeUpCluster cluster = new MadeUpCluster(16);
        cluster.add("a", script);
        Member b = cluster.add(image, "'\"><svg onload=window.isBroken=1>");
        cluster.stands(b, Standing.DEAD);
        open(cluster);

        assertThat(browser.text("#nodes")).contains(image);
        assertThat(browser.text("#zones")).contains(script);
        assertThat(String.valueOf(browser.ask("document.getElementById('ring').textContent")))
                .contains("<img src=x");
        browser.click("#nodes li:nth-child(1) .who");
        assertThat(browser.text("#details")).contains("<");
        browser.ask("document.getElementById('ring').focus()");
        browser.type(Keys.ARROW_RIGHT, Keys.ENTER);
        assertThat(browser.text("#details tbody")).contains(image);
        assertThat(browser.text("#readout")).contains(image);
        browser.click("#table summary");
        assertThat(browser.text("#table-body")).contains(image);
        browser.click("#lookup-key");
        browser.type(image, Keys.ENTER);
        browser.awaitText("#details-title", "Key " + image);

        assertThat(browser.is("window.isBroken === undefined")).isTrue();
        assertThat(browser.count("img, body script")).isZero();
    }

    @Test
    void aHundredNodesInSixZonesAreDrawnInLittleMoreElementsThanNodes() throws Exception {
        MadeUpCluster cluster = new MadeUpCluster(16_384);
        for (int node = 0; node < 100; node++) {
            cluster.add("node-" + node, "zone-" + node % 6);
        }
        open(cluster);

        assertThat(browser.text("#figure-nodes")).isEqualTo("100 of 100");
        assertThat(browser.count("#ring *")).isLessThan(1000);
        assertThat(browser.count("#nodes .who")).isEqualTo(100);
        assertThat(browser.count("#nodes .who[tabindex='0']")).isEqualTo(1);
        assertThat(browser.barriers()).isEmpty();
        browser.look(Browser.Screen.PHONE.dark());
        browser.await("the ring is drawn anew", "document.getElementById('ring').viewBox.baseVal.width < 340");
        assertThat(browser.number("document.scrollingElement.scrollWidth")).isEqualTo(360);
    }
}
