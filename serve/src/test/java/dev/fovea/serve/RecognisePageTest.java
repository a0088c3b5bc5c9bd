package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, against a real server. */
class RecognisePageTest {
    private static final List<Path> BROWSERS = List.of(
            Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"), Path.of("/usr/bin/google-chrome"));
    private static final ServeOptions OPTIONS =
            ServeOptions.DEFAULT.on("127.0.0.1", 0).withTimes(Duration.ZERO, Duration.ofSeconds(5));
    private static final String MARKUP = "<img src=x onerror=document.title='owned'>";

    @TempDir
    static Path folder;

    private static Server server;
    private static Playwright playwright;
    private static Browser browser;

    private final List<String> wrong = new ArrayList<>();
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void start() throws IOException {
        var chromium = BROWSERS.stream().filter(Files::isExecutable).findFirst();
        assumeTrue(chromium.isPresent(), "no Chromium is here (looked for " + BROWSERS + ")");
        TinyModel.write(folder.resolve("colours.onnx"), List.of("red", "green", "blue"), 4);
        TinyModel.write(folder.resolve("other.onnx"), List.of("red", MARKUP, "azure"), 2);
        server = Server.start(
                List.of(
                        ModelSource.parse(folder.resolve("colours.onnx").toString()),
                        ModelSource.parse(folder.resolve("other.onnx").toString())),
                OPTIONS,
                line -> {});
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--use-fake-device-for-media-stream",
                                "--use-fake-ui-for-media-stream")));
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
        if (playwright != null) {
            playwright.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() {
        open(1200, ColorScheme.LIGHT, server);
    }

    @AfterEach
    void nothing_went_wrong_unseen() {
        context.close();
        assertThat(wrong).isEmpty();
    }

    private void open(int width, ColorScheme scheme, Server at) {
        if (context != null) {
            context.close();
        }
        context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, 844)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setPermissions(List.of("camera")));
        page = context.newPage();
        page.setDefaultTimeout(20_000);
        String own = at.address() + "/";
        page.onPageError(wrong::add);
        page.onConsoleMessage(m -> {
            if (!m.text().startsWith("Failed to load resource: the server responded")) {
                wrong.add("console: " + m.text());
            }
        });
        page.onRequest(r -> {
            if (!r.url().startsWith(own)
                    && !r.url().startsWith("data:")
                    && !r.url().startsWith("blob:" + own)) {
                wrong.add("a request to elsewhere: " + r.url());
            }
        });
        page.navigate(own);
    }

    private Locator cards() {
        return page.locator(".card");
    }

    /** Waits for it. */
    private String text(String selector) {
        return page.locator(selector).first().innerText();
    }

    /** Asks from outside: the page's policy forbids Playwright's own waiting, which evaluates strings within. */
    private void waitFor(String condition) {
        for (int i = 0; i < 400; i++) {
            if (Boolean.TRUE.equals(page.evaluate(condition))) {
                return;
            }
            page.waitForTimeout(50);
        }
        throw new AssertionError("not within 20 s: " + condition + "\n" + page.innerText("body"));
    }

    private void give(String event, String name, byte[] content) {
        page.evaluate("""
                ([event, name, base64]) => {
                  const transfer = new DataTransfer();
                  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
                  transfer.items.add(new File([bytes], name, { type: name.endsWith('.png') ? 'image/png' : '' }));
                  const options = { bubbles: true, cancelable: true };
                  document.body.dispatchEvent(event === 'paste'
                    ? new ClipboardEvent(event, { ...options, clipboardData: transfer })
                    : new DragEvent(event, { ...options, dataTransfer: transfer }));
                }""", List.of(event, name, Base64.getEncoder().encodeToString(content)));
    }

    private void modelsAreKnown() {
        waitFor("!document.getElementById('model').disabled");
    }

    @Test
    void a_dropped_picture_gets_bars_and_times() {
        modelsAreKnown();
        assertThat(text("#empty")).contains("colours tells 3 classes apart", "8 × 8", "red", "green", "blue");
        give("drop", "meadow.png", TinyModel.picture(10, 250, 10));
        assertThat(text(".card .timing"))
                .matches("Server [\\d.]+ ms, of it decoding [\\d.]+ ms · round trip [\\d.]+ ms");
        assertThat(text(".card h3")).isEqualTo("meadow.png");
        assertThat(text(".card .about")).startsWith("20 × 14 · ");
        assertThat(page.locator(".bars .name").allInnerTexts()).containsExactly("green", "red", "blue");
        assertThat(page.locator(".bars .score").first().innerText()).isEqualTo("95.6 %");
        double part = ((Number) page.evaluate("document.querySelector('.fill').clientWidth"
                        + " / document.querySelector('.bars .bar').clientWidth"))
                .doubleValue();
        assertThat(part).isBetween(0.94, 0.97);
        assertThat(page.locator("#empty").isVisible()).isFalse();
        waitFor("document.getElementById('live').textContent === 'meadow.png: green, 95.6 %.'");
        waitFor("[...document.querySelector('.card canvas').getContext('2d').getImageData(9, 9, 1, 1).data].join()"
                + " === '10,250,10,255'");
    }

    @Test
    void a_pasted_picture_and_one_from_the_camera_are_recognised() {
        give("paste", "image.png", TinyModel.picture(0, 0, 255));
        assertThat(text(".card .name")).isEqualTo("blue");
        page.locator("#use-camera").click();
        page.locator("#camera-take:enabled").click();
        waitFor("document.querySelectorAll('.card .timing').length === 2");
        assertThat(text(".card h3")).isEqualTo("camera 1.jpg");
        assertThat(page.locator("dialog[open]").count()).isZero();
    }

    @Test
    void two_models_are_compared_side_by_side_and_names_are_never_markup() {
        give("drop", "meadow.png", TinyModel.picture(10, 250, 10));
        give("drop", "rose.png", TinyModel.picture(250, 10, 10));
        modelsAreKnown();
        page.locator("#other").selectOption("other");
        waitFor("document.querySelectorAll('.verdict:not([hidden])').length === 2");
        assertThat(page.locator(".answer h4").allInnerTexts()).startsWith("colours", "other");
        assertThat(text(".card:has-text('rose') .verdict")).isEqualTo("Both say red");
        assertThat(text(".card:has-text('meadow') .verdict")).isEqualTo("They differ: green or " + MARKUP);
        assertThat(page.title()).isEqualTo("Fovea · Recognise");
        var left = page.locator(".answer").nth(0).boundingBox();
        var right = page.locator(".answer").nth(1).boundingBox();
        assertThat(right.x).isGreaterThan(left.x + left.width);
        assertThat(right.y).isEqualTo(left.y);
    }

    @Test
    void a_folder_becomes_a_table_and_a_file() throws IOException {
        var pictures = pictures(folder.resolve("meadows, and more"), 30);
        modelsAreKnown();
        page.locator("#other").selectOption("other");
        page.locator("#folder").setInputFiles(pictures);
        waitFor("document.querySelector('.folder .count')?.textContent.startsWith('31 of 31 pictures')");
        assertThat(text(".folder .count")).contains("1 failed");
        assertThat(page.locator("tbody tr").count()).isEqualTo(31);
        assertThat(text("tr:has-text('broken.png') .problem")).startsWith("The picture cannot be used: ");
        var download =
                page.waitForDownload(() -> page.locator("text=Download results").click());
        assertThat(download.suggestedFilename()).isEqualTo("meadows_and_more.csv");
        var lines = Files.readString(download.path(), StandardCharsets.UTF_8).split("\r\n", -1);
        assertThat(lines).hasSize(33).endsWith("");
        assertThat(lines[0])
                .startsWith("\ufefffile,bytes,width,height,colours: class 1,colours: score 1,")
                .endsWith(",other: class 5,other: score 5,other: milliseconds,other: problem");
        assertThat(lines[1]).startsWith("0.png,").contains(",20,14,green,0.96");
        assertThat(lines[31]).startsWith("inner/broken.png,").contains("cannot be used");
        screenshot("folder");
    }

    private static Path pictures(Path into, int count) throws IOException {
        var inner = Files.createDirectories(into.resolve("inner"));
        for (int i = 0; i < count; i++) {
            Files.write(into.resolve(i + ".png"), TinyModel.picture(10 * (i % 3), 250 - i, i % 2 * 255));
        }
        Files.write(inner.resolve("broken.png"), Arrays.copyOf(TinyModel.picture(1, 2, 3), 40));
        Files.writeString(into.resolve("notes.txt"), "no picture, passed over");
        return into;
    }

    @Test
    void what_spreadsheets_take_for_formulas_is_marked_as_text() {
        var csv = page.evaluate("""
                async () => (await import('/folder.js')).csv(
                  [{ name: '=cmd()', file: { size: 7 }, answers: [{ problem: 'It said "no", twice.' }] }],
                  [{ title: 'm' }], 1)
                """);
        assertThat(csv)
                .isEqualTo(String.join(
                        "\r\n",
                        "file,bytes,width,height,m: class 1,m: score 1,m: milliseconds,m: problem",
                        "'=cmd(),7,,,,,,\"It said \"\"no\"\", twice.\"",
                        ""));
    }

    @Test
    void a_problem_is_told_as_a_sentence() {
        give("drop", "torn.png", Arrays.copyOf(TinyModel.picture(1, 2, 3), 40));
        assertThat(text(".card .problem")).matches("The picture cannot be used: .+\\.");
        page.route("**/predict*", Route::abort);
        give("drop", "lost.png", TinyModel.picture(1, 2, 3));
        assertThat(text(".card:has-text('lost') .problem"))
                .isEqualTo("The server does not answer. Is it still running?");
        wrong.removeIf(w -> w.contains("net::ERR_FAILED"));
    }

    @Test
    void a_busy_server_is_asked_again_when_it_said() {
        var calls = new AtomicInteger();
        page.route("**/predict*", route -> {
            if (calls.incrementAndGet() == 1) {
                route.fulfill(new Route.FulfillOptions()
                        .setStatus(429)
                        .setHeaders(Map.of("Retry-After", "1", "Content-Type", Problem.CONTENT_TYPE))
                        .setBody("{\"title\":\"The server has too much to do\"}"));
            } else {
                route.resume();
            }
        });
        long begin = System.nanoTime();
        give("drop", "sea.png", TinyModel.picture(0, 0, 255));
        assertThat(text(".card .waiting:has-text('busy')")).isEqualTo("The server is busy; trying again in 1 s…");
        assertThat(text(".card .name")).isEqualTo("blue");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(calls).hasValue(2);
    }

    @Test
    void a_token_is_asked_for_once_and_again_where_it_is_wrong() throws IOException {
        try (var closed = Server.start(
                List.of(ModelSource.parse(folder.resolve("colours.onnx").toString())),
                OPTIONS.withToken("s3cret"),
                line -> {})) {
            open(1200, ColorScheme.LIGHT, closed);
            page.locator("#token-value").fill("wrong");
            page.keyboard().press("Enter");
            page.locator("#token-hint:has-text('refused')").waitFor();
            page.locator("#token-value").fill("s3cret");
            page.keyboard().press("Enter");
            give("drop", "sea.png", TinyModel.picture(0, 0, 255));
            assertThat(text(".card .name")).isEqualTo("blue");
            assertThat(page.locator("dialog[open]").count()).isZero();
        }
    }

    @Test
    void it_works_by_keyboard_with_a_focus_that_is_seen() {
        modelsAreKnown();
        give("drop", "sea.png", TinyModel.picture(0, 0, 255));
        page.locator(".timing").waitFor();
        var reached = new ArrayList<String>();
        for (int i = 0; i < 14; i++) {
            page.keyboard().press("Tab");
            reached.add((String) page.evaluate("document.activeElement === document.body"
                    + " ? '' : document.activeElement.id || document.activeElement.textContent.trim()"));
            if (!reached.get(i).isEmpty()) {
                assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                        .as("outline of " + reached.get(i))
                        .isNotEqualTo("none");
            }
        }
        assertThat(reached)
                .containsSubsequence(
                        "Skip to the results",
                        "Fovea",
                        "theme",
                        "model",
                        "other",
                        "top",
                        "pick",
                        "pick-folder",
                        "use-camera",
                        "clear",
                        "×");
        page.locator(".card .remove").focus();
        page.keyboard().press("Enter");
        assertThat(cards().count()).isZero();
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("pick");
        assertThat(page.locator("#empty").isVisible()).isTrue();
    }

    @Test
    void it_fits_every_screen_in_every_light() throws IOException {
        var pictures = pictures(folder.resolve("a_folder_with_a_rather_long_name_that_cannot_be_broken_anywhere"), 5);
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {1200, 360}) {
                String name = scheme + "-" + width;
                open(width, scheme, server);
                modelsAreKnown();
                assertFits(name + "-empty", width);
                page.locator("#other").selectOption("other");
                page.locator("#folder").setInputFiles(pictures);
                give("drop", "a_picture_with_a_rather_long_name_of_its_own_1234567.png", TinyModel.picture(9, 80, 255));
                give("drop", "torn.png", Arrays.copyOf(TinyModel.picture(1, 2, 3), 40));
                waitFor(
                        "document.querySelectorAll('.card .timing').length === 2 && document.querySelectorAll('.card .problem').length === 1"
                                + " && document.querySelectorAll('tbody tr').length === 6");
                assertFits(name, width);
                page.navigate(server.address() + "/docs");
                page.locator(".operation").first().waitFor();
                assertFits(name + "-docs", width);
            }
        }
    }

    private void assertFits(String name, int width) {
        screenshot(name);
        assertThat(page.evaluate("document.documentElement.scrollWidth"))
                .as(name)
                .isEqualTo(width);
        assertThat(contrast()).as(name).isGreaterThan(7);
        assertThat(page.locator("h1").count()).isEqualTo(1);
        assertThat(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches === (" + light("backgroundColor")
                        + " < 0.2)"))
                .as(name)
                .isEqualTo(true);
    }

    @Test
    void the_theme_can_be_chosen_and_stays() {
        modelsAreKnown();
        assertThat(text("#theme")).isEqualTo("Theme: system");
        page.locator("#theme").click();
        page.locator("#theme").click();
        assertThat(text("#theme")).isEqualTo("Theme: dark");
        page.reload();
        assertThat(text("#theme")).isEqualTo("Theme: dark");
        assertThat(((Number) page.evaluate(light("backgroundColor"))).doubleValue())
                .isLessThan(0.2);
        modelsAreKnown();
    }

    private static String light(String property) {
        return """
                (() => {
                  const pixel = new OffscreenCanvas(1, 1).getContext('2d');
                  pixel.fillStyle = getComputedStyle(document.body).%s;
                  pixel.fillRect(0, 0, 1, 1);
                  const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map(v => v / 255)
                    .map(v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                })()""".formatted(property);
    }

    /** Contrast of the body's text with its ground, as WCAG 2.1 defines it: 1-21. */
    private double contrast() {
        double text = ((Number) page.evaluate(light("color"))).doubleValue();
        double ground = ((Number) page.evaluate(light("backgroundColor"))).doubleValue();
        return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    }

    /** With {@code -Dfovea.screenshots=FOLDER} the page can be looked at. */
    private void screenshot(String name) {
        String into = System.getProperty("fovea.screenshots");
        if (into != null) {
            page.screenshot(
                    new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of(into, "page-" + name + ".png")));
        }
    }
}
