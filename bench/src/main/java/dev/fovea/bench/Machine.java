package dev.fovea.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a measurement was made on and with. */
final class Machine {
    private static final List<String> EXTENSIONS = List.of("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16");

    private Machine() {}

    /** Cores, vector extensions, memory, system, Java, and the settings that all contenders get. */
    static String describe(int threads) {
        var cpu = cpuFlags();
        var text = new StringBuilder();
        text.append("machine: ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" cores, ")
                .append(System.getProperty("os.arch"))
                .append(EXTENSIONS.stream()
                        .filter(cpu::contains)
                        .map(e -> " " + e)
                        .reduce("", String::concat))
                .append(", ")
                .append(memoryGb())
                .append(" GB, ")
                .append(System.getProperty("os.name"))
                .append("; Java ")
                .append(Runtime.version().feature())
                .append("; ")
                .append(threads)
                .append(" threads for each contender; load ")
                .append(String.format(
                        java.util.Locale.ROOT,
                        "%.1f",
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()))
                .append(" at the end\n");
        text.append("settings: JVM ")
                .append(String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()))
                .append("; environment of all");
        for (String name : List.of(
                "GLIBC_TUNABLES", "OPENBLAS_THREAD_TIMEOUT", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")) {
            String value = System.getenv(name);
            if (value != null) {
                text.append(' ').append(name).append('=').append(value);
            }
        }
        return text.append('\n').toString();
    }

    private static List<String> cpuFlags() {
        return procLines("/proc/cpuinfo")
                .filter(l -> l.startsWith("flags"))
                .findFirst()
                .map(l -> List.of(l.split("\\s+")))
                .orElse(List.of());
    }

    private static String memoryGb() {
        return procLines("/proc/meminfo")
                .filter(l -> l.startsWith("MemTotal:"))
                .findFirst()
                .map(l -> String.valueOf(Math.round(Long.parseLong(l.replaceAll("\\D", "")) / 1048576.0)))
                .orElse("?");
    }

    private static Stream<String> procLines(String file) {
        try {
            return Files.readAllLines(Path.of(file)).stream();
        } catch (IOException e) {
            return Stream.empty(); // other systems have no such file; the description then says less
        }
    }
}
