package dev.fovea.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every family of networks in the registry leaves as a file that computes what the network computes, at three batch sizes.
 *
 * <p>The smallest of each family unless told otherwise: {@code -Dfovea.export=all} exports all networks as they are registered,
 * {@code -Dfovea.export=vgg.*} those whose name matches.
 */
class RegistryExportTest {
    /** What makes a large network small without changing what it is made of. */
    private static final Map<String, Object> SMALLER = Map.of("num_layers", 2);

    private static final long LARGE = 25_000_000;
    private static final long HUGE = 100_000_000;

    /** Pictures for huge networks, and for those of very large pictures, that take any size; their own takes minutes. */
    private static final int SMALL_SIDE = 160;

    private static final int LARGEST_SIDE = 600;

    /** Larger weights saturate gates, which pass on differences of rounding many times enlarged. */
    private static final double GAIN = 0.7;

    private static final List<Integer> BATCH_SIZES = List.of(1, 2, 3);

    private static final String WANTED = System.getProperty("fovea.export", "");

    @TempDir
    Path folder;

    /** The smallest network of each family: a family has one paper and one list of options. */
    private static Stream<Architecture<Backbone>> networks() {
        if (!WANTED.isEmpty()) {
            return Models.classifiers().stream()
                    .filter(a -> WANTED.equals("all") || a.name().matches(WANTED));
        }
        var smallest = new LinkedHashMap<String, Architecture<Backbone>>();
        for (var a : Models.classifiers()) {
            String family = a.paper() + a.options().stream().map(o -> o.name()).toList();
            smallest.merge(family, a, (x, y) -> x.parameters() <= y.parameters() ? x : y);
        }
        return smallest.values().stream();
    }

    @TestFactory
    Stream<DynamicTest> every_family_exports_and_computes_the_same() {
        return networks().map(a -> DynamicTest.dynamicTest(a.name(), () -> export(a)));
    }

    private void export(Architecture<Backbone> architecture) throws Exception {
        var spec = WANTED.isEmpty() ? smaller(architecture) : ModelSpec.of(architecture.name());
        assumeTrue(
                !WANTED.isEmpty() || !spec.options().isEmpty() || architecture.parameters() < HUGE,
                "half a gigabyte of weights; -Dfovea.export=all exports it too");
        try (var network = Models.build(spec)) {
            if (!WANTED.isEmpty() || network.parameterCount() < LARGE) {
                // Fresh networks may end with a head of zeros; filling the largest takes too long for every build.
                new GoldenFill("export/" + architecture.name() + "/", GAIN).fill(network);
            }
            int side = side(architecture);
            var options = ExportOptions.STANDARD.batchSizes(BATCH_SIZES);
            var file = folder.resolve(architecture.name() + ".onnx");
            var report = OnnxExport.export(network, Size.square(side), Map.of(), options, file);
            assertThat(report.deviation().spread()).isPositive();
            assertThat(report.operators()).doesNotContainKeys("Identity", "Dropout");
            assertThat(Files.size(file)).isLessThanOrEqualTo(report.bytes()); // beside it, weights over two gigabytes
        } finally {
            delete();
        }
    }

    private static ModelSpec smaller(Architecture<Backbone> architecture) {
        var spec = ModelSpec.of(architecture.name());
        for (var option : architecture.options()) {
            if (architecture.parameters() > LARGE && SMALLER.containsKey(option.name())) {
                spec = spec.with(option.name(), SMALLER.get(option.name()));
            }
        }
        return spec;
    }

    private static int side(Architecture<Backbone> architecture) {
        boolean ofOneSize = architecture.options().stream()
                .anyMatch(o -> o.name().equals("image_size") || o.name().equals("input_size"));
        boolean cheap = architecture.parameters() < HUGE && architecture.imageSize() <= LARGEST_SIDE;
        return ofOneSize || cheap ? architecture.imageSize() : SMALL_SIDE;
    }

    /** What stays until the end of all would fill a disk. */
    private void delete() throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
