package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page shows of networks that find objects, in a real browser against a real server. */
class DetectorPageTest {
    private static final List<Path> BROWSERS = List.of(
            Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"), Path.of("/usr/bin/google-chrome"));
    /** A folder for pictures of the page, for people who want to look at it. */
    private static final Optional<Path> PICTURES =
            Optional.ofNullable(System.getProperty("fovea.screenshots")).map(Path::of);

    @TempDir
    static Path folder;

    private static Server server;
    private static Playwright playwright;
    private static Browser browser;

    private final List<String> wrong = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        var chromium = BROWSERS.stream().filter(Files::isExecutable).findFirst();
        assumeTrue(chromium.isPresent(), "no Chromium is here (looked for " + BROWSERS + ")");
        TinyModel.detector(folder.resolve("finder.onnx"));
        TinyModel.write(folder.resolve("colours.onnx"), List.of("red", "green", "blue"), 4);
        server = Server.start(
                List.of(
                        ModelSource.parse(folder.resolve("finder.onnx").toString()),
                        ModelSource.parse(folder.resolve("colours.onnx").toString())),
                ServeOptions.DEFAULT.on("127.0.0.1", 0).withTimes(Duration.ZERO, Duration.ofSeconds(5)),
                line -> {});
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setArgs(List.of("--no-sandbox", "--disable-gpu")));
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

    private Page open(int width, ColorScheme scheme) {
        var page = browser.newPage(new Browser.NewPageOptions()
                .setViewportSize(width, 844)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE));
        page.setDefaultTimeout(20_000);
        page.onPageError(wrong::add);
        page.onConsoleMessage(m -> wrong.add("console: " + m.text()));
        page.navigate(server.address() + "/");
        page.locator("#model:enabled").waitFor();
        page.locator("#model").selectOption("finder");
        return page;
    }

    private static void drop(Page page, String name, byte[] content) {
        page.evaluate("""
                ([name, base64]) => {
                  const transfer = new DataTransfer();
                  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
                  transfer.items.add(new File([bytes], name, { type: 'image/png' }));
                  document.body.dispatchEvent(
                    new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
                }""", List.of(name, Base64.getEncoder().encodeToString(content)));
    }

    private static void threshold(Page page, String value) {
        page.locator("#threshold")
                .evaluate(
                        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }",
                        value);
    }

    @Test
    void boxes_lie_over_the_picture_and_follow_the_threshold() {
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {1200, 390}) {
                var page = open(width, scheme);
                drop(page, "both.png", TinyModel.picture(255, 102, 0));
                page.locator(".found .box").first().waitFor();
                var frame = page.locator(".found").boundingBox();
                var box = page.locator(".found .box:has-text('green')").boundingBox();
                assertThat(frame.width / frame.height).isCloseTo(20 / 14.0, within(0.02));
                assertThat(box.x - frame.x).isCloseTo(frame.width / 2, within(2.0));
                assertThat(box.height).isCloseTo(frame.height, within(2.0));
                assertThat(frame.width).isLessThanOrEqualTo(width);
                assertThat(page.locator(".objects .count").innerText()).isEqualTo("2 objects");
                assertThat(page.locator(".bars .name").allInnerTexts()).containsExactly("red", "green");
                PICTURES.ifPresent(to -> page.screenshot(new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(to.resolve("objects-" + scheme + "-" + width + ".png"))));
                threshold(page, "0.6");
                assertThat(page.locator(".objects .count").innerText()).isEqualTo("1 object");
                assertThat(page.locator(".found .box").count()).isEqualTo(1);
                assertThat(page.locator("#threshold-value").innerText()).isEqualTo("60 %");
                threshold(page, "0.05");
                assertThat(page.locator(".found .box").count()).isEqualTo(2);
                page.close();
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void nothing_found_is_said_and_two_kinds_of_networks_stand_side_by_side() {
        var page = open(1200, ColorScheme.LIGHT);
        assertThat(page.locator("#top-field").isVisible()).isFalse();
        drop(page, "sky.png", TinyModel.picture(0, 0, 255));
        page.locator(".objects .count").waitFor();
        assertThat(page.locator(".objects .count").innerText()).isEqualTo("0 objects");
        page.locator("#other").selectOption("colours");
        page.locator(".answer:nth-child(2) .bars .name").first().waitFor();
        assertThat(page.locator(".answer:nth-child(2) .bars .name").first().innerText())
                .isEqualTo("blue");
        assertThat(page.locator("#top-field").isVisible()).isTrue();
        page.locator("#model").selectOption("colours");
        page.locator(".card .bars .name").first().waitFor();
        assertThat(page.locator("#threshold-field").isVisible()).isFalse();
        assertThat(wrong).isEmpty();
        page.close();
    }

    @Test
    void a_folder_lists_how_many_objects_there_are() throws IOException {
        var pictures = Files.createDirectories(folder.resolve("pictures"));
        Files.write(pictures.resolve("a.png"), TinyModel.picture(255, 102, 0));
        Files.write(pictures.resolve("b.png"), TinyModel.picture(0, 0, 255));
        var page = open(1200, ColorScheme.LIGHT);
        page.locator("#folder").setInputFiles(pictures);
        page.locator("tbody tr:nth-child(2)").waitFor();
        assertThat(page.locator("tbody tr:has-text('a.png')").innerText()).contains("2 objects · red · green");
        assertThat(page.locator("tbody tr:has-text('b.png')").innerText()).contains("0 objects");
        assertThat(wrong).isEmpty();
        page.close();
    }
}
