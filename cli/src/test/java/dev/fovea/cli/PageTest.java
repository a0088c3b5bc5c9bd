package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages as a browser shows them: nothing is fetched, nothing fails, and they fit a phone. */
class PageTest {
    private static final List<Path> BROWSERS = List.of(
            Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"), Path.of("/usr/bin/google-chrome"));

    @TempDir
    static Path temp;

    private static Playwright playwright;
    private static Browser browser;
    private static Path report;
    private static Path inspection;

    @BeforeAll
    static void makePages() throws IOException {
        var chromium = BROWSERS.stream().filter(Files::isExecutable).findFirst();
        assumeTrue(chromium.isPresent(), "no Chromium is here (looked for " + BROWSERS + ")");
        var folder = temp.resolve("scenes");
        assertThat(Call.of("data", "scenes", folder, "--size", 32, "--count", 120)
                        .code())
                .isZero();
        Files.createFile(folder.resolve("train/cup/a_picture_with_a_rather_long_name_that_is_empty.jpg"));
        var run = temp.resolve("run");
        var call = Call.of(
                "train", "classify", "--data", folder, "--epochs", 3, "--arch", "conv8-bn-pool,fc16", "--out", run);
        assertThat(call.code()).as(call.err()).isZero();
        report = run.resolve("report.html");
        inspection = temp.resolve("inspection.html");
        assertThat(Call.of("data", "inspect", folder, "--out", inspection).code())
                .isZero();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setArgs(List.of("--no-sandbox", "--disable-gpu")));
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
        if (playwright != null) {
            playwright.close();
        }
    }

    @Test
    void the_report_opens_offline_and_fits_every_screen() {
        assertGood(
                report,
                "report",
                List.of(
                        "Training",
                        "Confusion",
                        "Classes",
                        "Calibration",
                        "Worst mistakes",
                        "Configuration",
                        "Environment"));
    }

    @Test
    void the_inspection_opens_offline_and_fits_every_screen() {
        assertGood(inspection, "inspection", List.of());
    }

    private static void assertGood(Path file, String name, List<String> headings) {
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {1200, 390}) {
                try (var context = browser.newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, 844)
                        .setColorScheme(scheme)
                        .setOffline(true))) {
                    var page = context.newPage();
                    var wrong = new ArrayList<String>();
                    page.onConsoleMessage(m -> wrong.add("console: " + m.text()));
                    page.onPageError(wrong::add);
                    page.onRequest(r -> {
                        if (!r.url().startsWith("data:")
                                && !r.url().equals(file.toUri().toString())) {
                            wrong.add("request: " + r.url());
                        }
                    });
                    page.navigate(file.toUri().toString());
                    assertThat(wrong).isEmpty();
                    assertThat(page.locator("h1").count()).isEqualTo(1);
                    assertThat(page.locator("h2").allInnerTexts())
                            .containsAll(headings)
                            .isNotEmpty();
                    assertThat(page.evaluate("document.documentElement.scrollWidth"))
                            .as(name + " at a width of " + width)
                            .isEqualTo(width);
                    assertThat(brokenPictures(page)).isEqualTo(0);
                    assertThat(contrast(page)).as(name + " in " + scheme).isGreaterThan(7);
                    screenshot(page, name + "-" + scheme + "-" + width + ".png");
                }
            }
        }
    }

    private static Object brokenPictures(Page page) {
        return page.evaluate("[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length");
    }

    /** Contrast of the body's text with its ground, as WCAG 2.1 defines it: 1-21. */
    private static double contrast(Page page) {
        return ((Number) page.evaluate("""
                        () => {
                          const light = c => {
                            const [r, g, b] = c.match(/[\\d.]+/g).map(v => v / 255)
                              .map(v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
                            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                          };
                          const style = getComputedStyle(document.body);
                          const [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => y - x);
                          return (a + 0.05) / (b + 0.05);
                        }
                        """)).doubleValue();
    }

    /** With {@code -Dfovea.screenshots=FOLDER} the pages can be looked at. */
    private static void screenshot(Page page, String name) {
        String folder = System.getProperty("fovea.screenshots");
        if (folder != null) {
            page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of(folder, name)));
        }
    }
}
