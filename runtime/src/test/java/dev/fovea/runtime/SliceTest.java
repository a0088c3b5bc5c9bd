package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

/** What an application carries that only recognises, on one platform. */
class SliceTest {
    private static final long MOST_BYTES = 80_000_000;
    private static final Pattern NEEDED =
            Pattern.compile("/(javacpp|openblas|opencv|jackson|snakeyaml|onnxruntime)[^/]*\\.jar$");

    @Test
    void the_jars_of_one_platform_are_small() throws IOException {
        assumeTrue(
                getClass().getResource("/dev/fovea/cli/Main.class") == null,
                "the tests of all modules share one class path here; run this module's alone");
        var sizes = new LinkedHashMap<String, Long>();
        Enumeration<URL> manifests = getClass().getClassLoader().getResources("META-INF/MANIFEST.MF");
        while (manifests.hasMoreElements()) {
            String url =
                    manifests.nextElement().getPath().replaceFirst("^file:", "").replaceFirst("!.*", "");
            if (NEEDED.matcher(url).find()) {
                sizes.put(url.replaceFirst(".*/", ""), bytes(Path.of(url)));
            }
        }
        assertThat(sizes.keySet())
                .anyMatch(n -> n.startsWith("opencv-") && n.contains(Loader.getPlatform()))
                .anyMatch(n -> n.startsWith("onnxruntime-"));
        assertThat(sum(sizes)).as(sizes.toString()).isBetween(MOST_BYTES / 2, MOST_BYTES);
    }

    private static long sum(Map<String, Long> sizes) {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** A jar's size without natives of other platforms, as the slice has it. */
    private static long bytes(Path jar) throws IOException {
        if (!jar.getFileName().toString().startsWith("onnxruntime")) {
            return Files.size(jar);
        }
        try (var file = new JarFile(jar.toFile())) {
            return file.stream()
                    .filter(e -> !e.getName().startsWith("ai/onnxruntime/native/") || isHost(e.getName()))
                    .mapToLong(JarEntry::getCompressedSize)
                    .sum();
        }
    }

    private static boolean isHost(String entry) {
        return entry.startsWith("ai/onnxruntime/native/" + Engine.platform() + "/") && !entry.contains(".dSYM/");
    }
}
