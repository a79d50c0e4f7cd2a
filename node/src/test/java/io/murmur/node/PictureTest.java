package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.CallOptions;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The picture in a browser, of nodes that run in this process. */
@Tag("browser")
class PictureTest {

    @TempDir
    private static Path folder = Path.of(".");

    @SuppressWarnings("NullAway.Init")
    private static Browser browser;

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        cluster = TestCluster.started(folder, "a", "b", "c");
        try (MurmurClient client = cluster.client()) {
            TestCluster.strings(client).put("user:17", "Ada", CallOptions.at(Level.ALL));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void open() {
        browser.look(Browser.Screen.DESK);
        browser.open(cluster.node("a").httpPort());
        browser.await(
                "all are alive",
                "document.querySelectorAll('#nodes .sub b').length === 3"
                        + " && [...document.querySelectorAll('#nodes .sub b')].every(word => word.textContent === 'alive')");
    }

    @AfterEach
    void nothingWentWrongInThePage() {
        assertThat(browser.complaints()).isEmpty();
    }

    /** Of the ring's own width and height, in its middle. */
    private static int radius() {
        return (int) browser.number("document.getElementById('ring').getBoundingClientRect().width / 2");
    }

    @Test
    void theRingAndItsNodesAreShown() {
        assertThat(browser.text("#seen-by")).isEqualTo("as a sees it");
        assertThat(browser.text("#figure-nodes")).isEqualTo("3 of 3");
        assertThat(browser.text("#figure-owners")).isEqualTo("100 %");
        assertThat(browser.text("#figure-epoch")).isEqualTo("1");
        assertThat(browser.count("#ring .own")).isEqualTo(3);
        assertThat(browser.text("#zones")).contains("zone-a, 1 of 1 alive", "zone-c, 1 of 1 alive");
        assertThat(browser.element("#ring").getDomAttribute("aria-valuetext"))
                .startsWith("Partition 0, slots 0–1023: ");
    }

    @Test
    void aKeyIsShownWithItsOwnersTheirVersionsAndItsPlaceOnTheRing() {
        browser.click("#lookup-key");
        browser.type("user:17", Keys.ENTER);

        browser.awaitText("#details", "All owners hold the same.");
        assertThat(browser.text("#details-title")).isEqualTo("Key user:17");
        assertThat(browser.count("#details .copies li")).isEqualTo(3);
        assertThat(browser.text("#details .copies")).contains("a", "b", "c", "version ");
        int slot = new Key("default", "user:17".getBytes(StandardCharsets.UTF_8)).slot();
        assertThat(browser.text("#details")).contains(slot + ", in partition " + slot / 1024);
        assertThat(browser.count("#ring .spot")).isEqualTo(1);
        assertThat(browser.count("#ring .marks .chord"))
                .as("a way to each owner, and the mark across the ring")
                .isEqualTo(4);

        browser.click("#details-close");
        assertThat(browser.count("#ring .spot")).isZero();
        browser.click("#recent button");
        browser.awaitText("#details", "All owners hold the same.");
    }

    @Test
    void aKeyThatNobodyHasIsShownSo() {
        browser.click("#lookup-key");
        browser.type("nobody/has?this=%41#&", Keys.ENTER);

        browser.awaitText("#details", "No owner holds it.");
        assertThat(browser.text("#details-title")).isEqualTo("Key nobody/has?this=%41#&");
    }

    @Test
    void pointingAtAnArcTellsItsOwnersAndAClickShowsThem() {
        int radius = radius();
        // The arc clockwise from the top: partition 0 of 16.
        int x = (int) (radius * .83 * Math.sin(.1));
        int y = (int) (-radius * .83 * Math.cos(.1));
        browser.pointAt("#ring", x, y);

        browser.awaitText("#readout", "Partition 0, slots 0–1023: ");
        browser.clickAt("#ring", x, y);
        browser.awaitText("#details-title", "Partition 0");
        assertThat(browser.text("#details tbody")).startsWith("0 0–1023 ");
    }

    @Test
    void aNodeIsShownInDetailWhenItIsClickedInTheRingOrInTheList() {
        String third = String.valueOf(browser.ask("document.querySelectorAll('#nodes li')[2].dataset.id"));
        browser.click("#ring [data-node='" + third + "'] .shape");
        browser.awaitText("#details-title", "Node c");
        assertThat(browser.text("#details")).contains("zone-c", "127.0.0.1:" + cluster.port("c"), third);
        assertThat(browser.count("#ring.dimmed .own.on")).isEqualTo(1);

        browser.click("#nodes li:nth-child(1) .who");
        browser.awaitText("#details-title", "Node a");
        assertThat(browser.element("#nodes li:nth-child(1) .who").getDomAttribute("aria-pressed"))
                .isEqualTo("true");
    }

    @Test
    void everythingIsReachedByKeyboardAndSeenToBe() {
        List<String> walked = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            browser.type(Keys.TAB);
            walked.add(browser.focused());
            assertThat(browser.is("getComputedStyle(document.activeElement).outlineStyle !== 'none'"
                            + " && parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2"))
                    .as("the focus on " + browser.focused() + " is seen")
                    .isTrue();
        }
        assertThat(walked)
                .containsExactly(
                        "skip", "theme", "ring", "lookup-cache", "lookup-key", "lookup-find", "who", "table-summary");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).as("at the end").isEqualTo("BODY");
    }

    @Test
    void theRingIsWalkedWithArrowKeys() {
        browser.ask("document.getElementById('ring').focus()");
        browser.type(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        assertThat(browser.element("#ring").getDomAttribute("aria-valuetext"))
                .startsWith("Partition 2, slots 2048–3071: ");
        assertThat(browser.text("#readout")).startsWith("Partition 2, slots 2048–3071: ");
        browser.type(Keys.HOME, Keys.ARROW_LEFT);
        assertThat(browser.element("#ring").getDomAttribute("aria-valuenow")).isEqualTo("15");

        browser.type(Keys.ENTER);
        browser.awaitText("#details-title", "Partition 15");
        browser.type(Keys.ESCAPE);
        assertThat(browser.is("document.getElementById('details').hidden")).isTrue();
        assertThat(browser.focused()).isEqualTo("ring");
    }

    @Test
    void theNodesAreWalkedWithArrowKeysAndEscapeLeadsBack() {
        browser.ask("document.querySelector('#nodes .who').focus()");
        browser.type(Keys.ARROW_DOWN);
        assertThat(browser.count("#nodes .who[tabindex='0']")).isEqualTo(1);
        assertThat(browser.is("document.activeElement === document.querySelectorAll('#nodes .who')[1]"))
                .isTrue();

        browser.type(Keys.ENTER);
        browser.awaitText("#details-title", "Node b");
        browser.type(Keys.ESCAPE);
        assertThat(browser.is("document.getElementById('details').hidden")).isTrue();
        assertThat(browser.is("document.activeElement === document.querySelectorAll('#nodes .who')[1]"))
                .isTrue();
    }

    @Test
    void itFitsAPhoneAndADeskAsTheScreenChanges() {
        long wide = browser.number("document.getElementById('ring').getBoundingClientRect().width");
        browser.look(Browser.Screen.PHONE);
        browser.await("the ring is drawn anew", "document.getElementById('ring').viewBox.baseVal.width < 340");

        assertThat(browser.number("document.scrollingElement.scrollWidth")).isEqualTo(360);
        assertThat(browser.number("document.getElementById('ring').getBoundingClientRect().right"))
                .isLessThanOrEqualTo(360);
        assertThat(browser.number("parseFloat(getComputedStyle(document.querySelector('#ring text')).fontSize)"))
                .as("text in the ring is as large as elsewhere")
                .isGreaterThanOrEqualTo(12);
        assertThat(browser.number("document.getElementById('nodes').getBoundingClientRect().top"))
                .isGreaterThan(browser.number("document.getElementById('ring').getBoundingClientRect().bottom"));

        browser.look(Browser.Screen.DESK);
        browser.await("and again", "document.getElementById('ring').viewBox.baseVal.width === " + wide);
        assertThat(browser.number("document.getElementById('lookup').getBoundingClientRect().left"))
                .as("two columns")
                .isGreaterThan(500);
    }

    @Test
    void itIsDarkWhenTheSystemIsUnlessToldOtherwise() {
        String light = String.valueOf(browser.ask("getComputedStyle(document.body).backgroundColor"));
        browser.look(Browser.Screen.DESK.dark());
        String dark = String.valueOf(browser.ask("getComputedStyle(document.body).backgroundColor"));
        assertThat(dark).isNotEqualTo(light);

        browser.click("#theme");
        assertThat(browser.text("#theme")).isEqualTo("Colours: light");
        assertThat(browser.ask("getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(light);
        browser.open(cluster.node("a").httpPort());
        assertThat(browser.ask("getComputedStyle(document.body).backgroundColor"))
                .as("kept")
                .isEqualTo(light);
        browser.click("#theme");
        browser.click("#theme");
        assertThat(browser.text("#theme")).isEqualTo("Colours: auto");
        assertThat(browser.ask("getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(dark);
    }

    @Test
    void nothingMovesForThoseWhoWantItStill() {
        assertThat(browser.ask("getComputedStyle(document.querySelector('#ring .own')).transitionDuration"))
                .isEqualTo("0.18s");
        browser.prefer("prefers-reduced-motion", "reduce");
        assertThat(browser.ask("getComputedStyle(document.querySelector('#ring .own')).transitionDuration"))
                .isEqualTo("0s");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobodyIsKeptOutInLightOrDark(boolean isDark) {
        Browser.Screen desk = isDark ? Browser.Screen.DESK.dark() : Browser.Screen.DESK;
        Browser.Screen phone = isDark ? Browser.Screen.PHONE.dark() : Browser.Screen.PHONE;
        browser.look(desk);
        assertThat(browser.barriers()).isEmpty();
        assertThat(browser.rulesKept()).isGreaterThan(20);

        browser.click("#table summary");
        browser.click("#nodes li:nth-child(2) .who");
        assertThat(browser.count("#table-body tr")).isPositive();
        assertThat(browser.barriers()).as("with details and the table").isEmpty();

        browser.click("#lookup-key");
        browser.type("user:17", Keys.ENTER);
        browser.awaitText("#details", "All owners hold the same.");
        browser.look(phone);
        assertThat(browser.barriers()).as("a key, on a phone").isEmpty();
    }

    @Test
    void theRingIsATableTooWithALineForNeighboursOfTheSameOwners() {
        browser.click("#table summary");

        assertThat(browser.text("#table-body")).startsWith("0");
        assertThat(browser.text("#table-body")).contains("–16383").contains("3 of 3");
    }

    /** Only what is new is drawn: a page of a quiet cluster leaves its list of nodes alone. */
    @Test
    void whereNothingChangesThePageIsLeftAlone() {
        browser.ask(
                "(() => { window.touched = 0; new MutationObserver(changes => window.touched += changes.length)"
                        + ".observe(document.querySelector('.columns'), {subtree: true, childList: true, characterData: true}); window.at = 0; })()");
        browser.ask(
                "(() => { const source = new EventSource('events'); source.addEventListener('state', () => window.at++); window.source = source; })()");
        browser.await("some seconds have been told", "window.at >= 4");
        browser.ask("window.source.close()");
        // The age of the oldest partition is told anew, and little else.
        assertThat(browser.number("window.touched")).isLessThan(30);
    }
}
