package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium, as somebody uses it who looks at a page. */
final class Browser implements AutoCloseable {

    /** How a page is looked at. */
    record Screen(int width, int height, boolean isDark) {

        static final Screen DESK = new Screen(1280, 900, false);
        static final Screen PHONE = new Screen(360, 780, false);

        Screen dark() {
            return new Screen(width, height, true);
        }
    }

    private static final List<Path> BROWSERS = List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/google-chrome"));
    private static final List<Path> DRIVERS =
            List.of(Path.of("/usr/bin/chromedriver"), Path.of("/usr/local/bin/chromedriver"));

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Started; where there is none the test is left out and says so, or fails when a browser is required. */
    static Browser start() {
        Path browser = first(BROWSERS);
        Path chromedriver = first(DRIVERS);
        if (browser == null || chromedriver == null) {
            String why =
                    "no Chromium with its driver here (Debian: chromium, chromium-driver): the picture is not tested";
            System.err.println(why);
            if (Boolean.getBoolean("browser.required")) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Objects.requireNonNull(browser).toFile());
        // In a container root runs it, and /dev/shm is small.
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Objects.requireNonNull(chromedriver).toFile())
                .usingAnyFreePort()
                .build();
        return new Browser(new ChromeDriver(service, options));
    }

    private static @Nullable Path first(List<Path> paths) {
        return paths.stream().filter(Files::isExecutable).findFirst().orElse(null);
    }

    /** Emulates a screen; a page that is open sees it change. */
    void look(Screen screen) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        screen.width(),
                        "height",
                        screen.height(),
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        screen.width() < 500));
        prefer("prefers-color-scheme", screen.isDark() ? "dark" : "light");
    }

    void prefer(String feature, String value) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    /** Has a script run before those of each page that is opened from now on. */
    void runFirst(String script) {
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    /** Opens the picture that a node serves, and waits until it is drawn. */
    void open(int httpPort) {
        driver.get("http://127.0.0.1:" + httpPort + "/");
        await("the page is live", "document.body.dataset.link === 'live'");
        await("the ring is drawn", "document.getElementById('ring') !== null");
    }

    /** Evaluates JavaScript in the page. */
    @Nullable
    Object ask(String expression) {
        return driver.executeScript("return " + expression);
    }

    boolean is(String expression) {
        return Boolean.TRUE.equals(ask(expression));
    }

    long number(String expression) {
        return ((Number) Objects.requireNonNull(ask("Math.round(" + expression + ")"))).longValue();
    }

    /** Waits for something of the page. */
    void await(String what, String expression) {
        Await.until(what, () -> is(expression));
    }

    /** Waits until the first such element has this in its text. */
    void awaitText(String css, String part) {
        Await.until(
                "'" + part + "' in " + css + ", which has '" + textOrNothing(css) + "'",
                () -> textOrNothing(css).contains(part));
    }

    private String textOrNothing(String css) {
        return String.valueOf(driver.executeScript(
                "const found = document.querySelector(arguments[0]); return found === null ? '' : found.innerText;",
                css));
    }

    String text(String css) {
        return element(css).getText();
    }

    WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    int count(String css) {
        return driver.findElements(By.cssSelector(css)).size();
    }

    void click(String css) {
        Await.until(css + " is there to be clicked", () -> {
            try {
                element(css).click();
                return true;
            } catch (StaleElementReferenceException e) {
                return false;
            }
        });
    }

    /** Moves the pointer to a place within an element, in pixels from its middle, and clicks there. */
    void clickAt(String css, int x, int y) {
        new Actions(driver).moveToElement(element(css), x, y).click().perform();
    }

    void pointAt(String css, int x, int y) {
        new Actions(driver).moveToElement(element(css), x, y).perform();
    }

    /** Types into whatever has the focus. */
    void type(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** What has the focus: its id, or its name within the list. */
    String focused() {
        return String.valueOf(
                ask("document.activeElement.id || document.activeElement.className || document.activeElement.tagName"));
    }

    /** What axe-core finds to be serious or critical in the page as it is now, one line each. */
    List<String> barriers() {
        driver.executeScript(axe());
        Object found = driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "axe.run(document, {resultTypes: ['violations']}).then(result => done(result.violations"
                + ".filter(one => one.impact === 'serious' || one.impact === 'critical')"
                + ".flatMap(one => one.nodes.map(node => one.id + ': ' + node.target + ': ' + node.failureSummary))),"
                + " error => done(['axe failed: ' + error]));");
        List<String> lines = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(found)).forEach(line -> lines.add(String.valueOf(line)));
        return lines;
    }

    /** How many rules axe-core has checked and found kept: that it looked at all. */
    long rulesKept() {
        driver.executeScript(axe());
        return ((Number)
                        Objects.requireNonNull(driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                                + "axe.run(document).then(result => done(result.passes.length), () => done(0));")))
                .longValue();
    }

    private static String axe() {
        try (InputStream in = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in, "axe.min.js").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What the page has said on its console since the last call: errors, and what its policy has refused. */
    List<String> complaints() {
        try (Stream<LogEntry> entries = driver.manage().logs().get(LogType.BROWSER).getAll().stream()) {
            return entries.filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                    .map(LogEntry::getMessage)
                    .toList();
        }
    }

    /** A picture of the page as it is on the screen. */
    void shoot(Path file) throws IOException {
        String png = String.valueOf(driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png"))
                .get("data"));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(png));
        assertThat(file).isNotEmptyFile();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
