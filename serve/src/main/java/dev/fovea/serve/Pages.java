package dev.fovea.serve;

import io.javalin.Javalin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page for people, the description of the API and the page that shows it: a fixed list, in memory; no file is looked up by a caller's path. */
final class Pages {
    /** The pages need nothing from elsewhere, and may not get it. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";

    private static final Map<String, Page> PAGES = pages();

    private record Page(String file, String type) {}

    private Pages() {}

    private static Map<String, Page> pages() {
        var pages = new LinkedHashMap<String, Page>();
        pages.put("/", new Page("page.html", "text/html; charset=utf-8"));
        pages.put("/page.css", new Page("page.css", "text/css; charset=utf-8"));
        for (String script :
                List.of("page", "card", "elements", "folder", "objects", "pictures", "server", "theme", "docs")) {
            pages.put("/" + script + ".js", new Page(script + ".js", "text/javascript; charset=utf-8"));
        }
        pages.put("/docs", new Page("docs.html", "text/html; charset=utf-8"));
        pages.put("/openapi.json", new Page("openapi.json", "application/json"));
        return pages;
    }

    /** Whether it is shown without a token. */
    static boolean isOpen(String path) {
        return PAGES.containsKey(path);
    }

    static void register(Javalin javalin) {
        PAGES.forEach((path, page) -> {
            byte[] content = read(page.file());
            javalin.get(path, ctx -> ctx.header("Content-Security-Policy", POLICY)
                    .header("Referrer-Policy", "no-referrer")
                    .header("Cache-Control", "no-cache")
                    .contentType(page.type())
                    .result(content));
        });
    }

    private static byte[] read(String file) {
        try (var in = Pages.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the jar of fovea-serve has no " + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
