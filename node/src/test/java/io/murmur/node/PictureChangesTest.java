package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.MurmurClient;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The picture in a browser, while nodes come and go. */
@Tag("browser")
class PictureChangesTest {

    @TempDir
    private Path folder = Path.of(".");

    @SuppressWarnings("NullAway.Init")
    private static Browser browser;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        browser.look(Browser.Screen.DESK);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    /** Gone when the page is loaded anew. */
    private static void mark() {
        browser.ask("window.isTheSame = true");
    }

    private static void assertNotReloaded() {
        assertThat(browser.is("window.isTheSame === true"))
                .as("the page was not loaded anew")
                .isTrue();
    }

    @Test
    void aNodeThatStopsAndOneThatJoinsAreSeenWithoutReloading() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b", "c")) {
            // Who stops says so to those it has heard of.
            browser.open(cluster.node("c").httpPort());
            browser.awaitText("#figure-nodes", "3 of 3");
            browser.open(cluster.node("a").httpPort());
            browser.awaitText("#figure-nodes", "3 of 3");
            mark();

            cluster.stop("c");

            browser.awaitText("#nodes li:nth-child(3) .sub", "stopped");
            browser.awaitText("#log", "c is stopped");
            assertThat(browser.text("#figure-nodes")).isEqualTo("2 of 3");
            assertThat(browser.text("#figure-owners")).isEqualTo("0 %");
            assertThat(browser.count("#ring .own.away")).isEqualTo(1);
            assertThat(browser.text("#ring .badge:not(:empty)")).isEqualTo("stopped");

            cluster.start("c");
            browser.awaitText("#nodes li:nth-child(3) .sub", "alive");
            cluster.add("d");
            cluster.start("d");
            browser.awaitText("#figure-nodes", "4 of 4");
            browser.awaitText("#log", "'d' joins: done");
            assertThat(browser.count("#ring .glyph")).isEqualTo(4);
            assertNotReloaded();
        }
    }

    @Test
    void aPageThatLosesItsNodeSaysSoAndComesBackByItself() throws Exception {
        TestCluster cluster = TestCluster.founded(folder, Map.of(), "a");
        int port = 0;
        try (cluster) {
            port = cluster.start("a").httpPort();
            cluster.awaitConnected();
            browser.open(port);
            mark();
            cluster.stop("a");

            browser.awaitText("#link", "Disconnected since ");
            assertThat(browser.is("document.body.dataset.link === 'lost'")).isTrue();
            assertThat(browser.is("getComputedStyle(document.querySelector('main')).filter !== 'none'"))
                    .as("what is old is marked")
                    .isTrue();
            browser.click("#lookup-key");
            browser.type("key", Keys.ENTER);
            browser.awaitText("#details", "the node does not answer");

            cluster.start("a", "http.port", Integer.toString(port));
            browser.await("live again", "document.body.dataset.link === 'live'");
            assertThat(browser.text("#link")).isEqualTo("Live");
            assertThat(browser.text("#log")).contains("Connected again");
            assertNotReloaded();
        }
    }

    /** As when a machine has gone between them: the browser is told nothing, and what comes no more is the only sign. */
    @Test
    void aPageWhoseLinkBreaksSilentlyLinksAgain() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            browser.runFirst("window.EventSource = class extends EventSource {"
                    + " constructor(url) { super(url); window.opened = this; } };");
            browser.open(cluster.node("a").httpPort());
            browser.awaitText("#figure-nodes", "1 of 1");

            browser.ask("window.opened.close()");

            browser.awaitText("#log", "No news");
            browser.awaitText("#log", "Connected again");
            assertThat(browser.text("#link")).isEqualTo("Live");
        }
    }

    @Test
    void whatASelectedKeyShowsIsOfTheRingOfNow() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b")) {
            browser.open(cluster.node("a").httpPort());
            browser.awaitText("#figure-nodes", "2 of 2");
            browser.click("#lookup-key");
            browser.type("key", Keys.ENTER);
            browser.awaitText("#details", "No owner holds it.");
            assertThat(browser.count("#details .copies li")).isEqualTo(2);

            cluster.add("c");
            cluster.start("c");

            browser.awaitText("#log", "'c' joins: done");
            browser.await("the third owner", "document.querySelectorAll('#details .copies li').length === 3");
        }
    }

    @Test
    void requestsAndTheirTimesAreToldByEveryNode() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b");
                MurmurClient client = cluster.client()) {
            browser.open(cluster.node("a").httpPort());

            Await.until("both nodes have told of requests", () -> {
                for (int key = 0; key < 50; key++) {
                    TestCluster.strings(client).put("key-" + key, "value");
                }
                return browser.is("[...document.querySelectorAll('#nodes li')].every(line =>"
                        + " line.querySelectorAll('.value')[0].textContent !== '0' && line.querySelectorAll('.value')[1].textContent.endsWith('s')"
                        + " && line.querySelectorAll('.value')[2].textContent !== '0 B')");
            });
            assertThat(browser.is("[...document.querySelectorAll('#nodes li')].every(line =>"
                            + " line.querySelector('.plot path:not(.area)').getAttribute('d').length > 10)"))
                    .as("and there are plots of them")
                    .isTrue();
        }
    }
}
