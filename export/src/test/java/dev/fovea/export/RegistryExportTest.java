package dev.fovea.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.vision.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every family of networks in the registry leaves as a file that computes what the network computes. */
class RegistryExportTest {
    /** What makes a large network small without changing what it is made of. */
    private static final Map<String, Object> SMALLER = Map.of("num_layers", 2);

    private static final long LARGE = 25_000_000;
    private static final long HUGE = 100_000_000;

    @TempDir
    Path folder;

    /** The smallest network of each family: a family has one paper and one list of options. */
    private static Stream<Architecture<Backbone>> families() {
        var smallest = new LinkedHashMap<String, Architecture<Backbone>>();
        for (var a : Models.classifiers()) {
            String family = a.paper() + a.options().stream().map(o -> o.name()).toList();
            smallest.merge(family, a, (x, y) -> x.parameters() <= y.parameters() ? x : y);
        }
        return smallest.values().stream();
    }

    @TestFactory
    Stream<DynamicTest> every_family_exports_and_computes_the_same() {
        return families().map(a -> DynamicTest.dynamicTest(a.name(), () -> export(a)));
    }

    private void export(Architecture<Backbone> architecture) throws Exception {
        var spec = ModelSpec.of(architecture.name());
        for (var option : architecture.options()) {
            if (architecture.parameters() > LARGE && SMALLER.containsKey(option.name())) {
                spec = spec.with(option.name(), SMALLER.get(option.name()));
            }
        }
        boolean shrunk = !spec.options().isEmpty();
        assumeTrue(
                shrunk || architecture.parameters() < HUGE || Boolean.getBoolean("fovea.export.all"),
                "half a gigabyte of weights; -Dfovea.export.all=true exports it too");
        try (var network = Models.build(spec)) {
            if (network.parameterCount() < LARGE) {
                // Fresh networks may end with a head of zeros; filling the largest takes too long.
                new GoldenFill("export/" + architecture.name() + "/", 1).fill(network);
            }
            int side = architecture.imageSize();
            var options = ExportOptions.STANDARD.batchSizes(List.of(1, 3));
            var file = folder.resolve(architecture.name() + ".onnx");
            var report = OnnxExport.export(network, Size.square(side), Map.of(), options, file);
            assertThat(report.deviation().spread()).isPositive();
            assertThat(report.operators()).doesNotContainKeys("Identity", "Dropout");
            assertThat(Files.size(file)).isEqualTo(report.bytes());
        }
    }
}
