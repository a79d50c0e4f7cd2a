package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.BlockingCache;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * The picture of six processes in three zones under load: all well, one of them killed, and one more joining. Leaves pictures of each, in light
 * and dark, for a desk and a phone, in {@code target/pictures}.
 */
@Tag("browser")
class PictureStatesTest {

    private static final Path PICTURES = Path.of("target", "pictures");
    private static final int FOUNDERS = 3;
    private static final int NODES = 6;
    private static final int KILLED = 4;

    /** Plots begin where the page was opened; at most as long as a wait lasts. */
    private static final int PLOT_SECONDS = Integer.getInteger("pictures.seconds", 10);

    @TempDir
    private Path folder = Path.of(".");

    private static LocalCluster cluster(Path folder) throws IOException {
        int base = 21_000 + (int) (ProcessHandle.current().pid() % 300) * 20;
        while (true) {
            // What it streams is bounded, so that a join takes long enough to be seen.
            LocalCluster cluster = new LocalCluster(
                    folder.resolve("cluster"),
                    base,
                    FOUNDERS,
                    NODES + 1,
                    List.of(
                            "--set",
                            "streaming-rate=256KiB",
                            "--set",
                            "storage.free-disk-floor=0",
                            "--set",
                            "shards=1"),
                    List.of("-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
            try {
                cluster.checkPorts();
                return cluster;
            } catch (IOException e) {
                base += 20;
            }
        }
    }

    /** Reads and writes as long as it is to, a few hundred times a second. */
    private static Thread load(MurmurClient client, AtomicBoolean isOver) {
        BlockingCache<String, String> cache = TestCluster.strings(client);
        Random random = new Random(1);
        return Thread.ofPlatform().daemon().name("load").start(() -> {
            while (!isOver.get()) {
                String key = "user:" + random.nextInt(20_000);
                try {
                    if (random.nextInt(4) == 0) {
                        cache.put(key, "x".repeat(500));
                    } else {
                        cache.get(key);
                    }
                } catch (MurmurException e) {
                    // A node has just died; the next one may be answered.
                }
                LockSupport.parkNanos(2_000_000);
            }
        });
    }

    private static void shoot(Browser browser, String state) throws IOException {
        for (Browser.Screen screen : List.of(Browser.Screen.DESK, Browser.Screen.PHONE)) {
            for (boolean isDark : List.of(false, true)) {
                browser.look(isDark ? screen.dark() : screen);
                browser.await(
                        "the ring fits",
                        "document.getElementById('ring').viewBox.baseVal.width === document.getElementById('stage').clientWidth");
                assertThat(browser.barriers()).as(state + ", " + screen).isEmpty();
                String name = state + (screen.width() < 500 ? "-phone" : "") + (isDark ? "-dark" : "-light");
                browser.ask("window.scrollTo(0, 0)");
                browser.shoot(PICTURES.resolve(name + ".png"));
            }
        }
        browser.look(Browser.Screen.DESK);
    }

    @Test
    void threeStates() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (Browser browser = Browser.start();
                LocalCluster cluster = cluster(folder)) {
            cluster.prepareFolder();
            cluster.startFounders();
            for (int node = 0; node < FOUNDERS; node++) {
                cluster.awaitReady(node);
            }
            for (int node = FOUNDERS; node < NODES; node++) {
                cluster.start(node);
                cluster.awaitReady(node);
            }
            browser.look(Browser.Screen.DESK);
            browser.open(cluster.httpPort(0));
            browser.ask("window.isTheSame = true");
            browser.awaitText("#figure-nodes", "6 of 6");
            try (MurmurClient client = MurmurClient.builder()
                    .seed(cluster.address(0))
                    .seed(cluster.address(1))
                    .build()) {
                TestCluster.strings(client).put("user:17", "x".repeat(500));
                Thread load = load(client, isOver);
                browser.await(
                        "all have told of requests",
                        "[...document.querySelectorAll('#nodes li .value:first-of-type')].every(value => value.textContent !== '0')");
                Await.until(
                        "some seconds of the plots",
                        () -> browser.number("Date.now() - performance.timeOrigin") > 1000L * PLOT_SECONDS);
                shoot(browser, "well");

                cluster.kill(KILLED);
                browser.awaitText("#log", "e is suspect");
                browser.awaitText("#nodes", "dead");
                assertThat(browser.text("#log")).contains("e is dead");
                assertThat(browser.count("#ring .own.away")).isEqualTo(1);
                browser.await("hints wait", "document.getElementById('figure-hints').textContent !== '0'");
                browser.click("#lookup-key");
                browser.type("user:17", Keys.ENTER);
                browser.await("its owners are shown", "document.querySelectorAll('#details .copies li').length === 3");
                shoot(browser, "dead");
                assertThat(browser.is("window.isTheSame === true"))
                        .as("never loaded anew")
                        .isTrue();

                browser.click("#details-close");
                cluster.start(KILLED);
                browser.awaitText("#figure-nodes", "6 of 6");
                cluster.start(NODES);
                browser.awaitText("#change", "joins");
                browser.await("some of it is done", "document.getElementById('change-progress').value > 0");
                browser.click("#nodes li[data-id='" + id(browser, "g") + "'] .who");
                shoot(browser, "joining");
                assertThat(browser.is("window.isTheSame === true"))
                        .as("never loaded anew")
                        .isTrue();
                isOver.set(true);
                load.join();
            }
        } finally {
            isOver.set(true);
        }
    }

    private static String id(Browser browser, String name) {
        return String.valueOf(browser.ask("[...document.querySelectorAll('#nodes li')].find(line =>"
                + " line.querySelector('.name').textContent === '" + name + "').dataset.id"));
    }
}
