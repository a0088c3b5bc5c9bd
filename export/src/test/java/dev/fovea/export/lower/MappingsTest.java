package dev.fovea.export.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.export.OnnxExport;
import dev.fovea.export.Session;
import dev.fovea.nn.Module;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each mapping against libtorch: recorded at two batch sizes, run by ONNX Runtime at a third. */
class MappingsTest {
    /** A module without parameters. */
    private static final class Nothing extends Module {}

    /**
     * An operation in use.
     *
     * @param shape of the input without its batch
     */
    record Case(
            String operation,
            String what,
            Function<Tensor, List<Tensor>> run,
            int opset,
            DType type,
            List<Long> shape) {
        @Override
        public String toString() {
            return operation + (what.isEmpty() ? "" : ": " + what) + (opset == 20 ? "" : " (opset " + opset + ")");
        }
    }

    @TestFactory
    Stream<DynamicTest> every_mapping_computes_what_libtorch_computes() {
        return new MappingCases().all().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)));
    }

    static Tensor input(Case c, int batch, long seed) {
        var random = new Random(seed);
        var dims = new long[c.shape().size() + 1];
        dims[0] = batch;
        for (int d = 1; d < dims.length; d++) {
            dims[d] = c.shape().get(d - 1);
        }
        int n = (int) dev.fovea.tensor.Shape.of(dims).numel();
        var values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = switch (c.type()) {
                case BOOL -> random.nextInt(2);
                case INT64 -> random.nextInt(10) - 4;
                default -> (float) random.nextGaussian();
            };
        }
        return Tensor.of(values, dims).to(c.type());
    }

    private static void check(Case c) {
        try (var scope = Scope.open();
                var module = new Nothing()) {
            var outputs = IntStream.range(0, c.run().apply(input(c, 2, 1)).size())
                    .mapToObj(i -> "out" + i)
                    .toList();
            Function<List<Tensor>, List<Tensor>> run = in -> c.run().apply(in.get(0));
            var samples = List.of(List.of(input(c, 2, 1)), List.of(input(c, 3, 2)));
            var graph = OnnxExport.graph(module, run, samples, List.of("in"), outputs, c.opset());
            var fresh = input(c, 4, 3);
            var expected = c.run().apply(fresh);
            try (var session = Session.open(graph)) {
                var actual = new ArrayList<>(
                        session.run(java.util.Map.of("in", fresh)).values());
                for (int i = 0; i < expected.size(); i++) {
                    var want = expected.get(i);
                    assertThat(actual.get(i).shape()).isEqualTo(want.shape());
                    assertThat(actual.get(i).dtype()).isEqualTo(want.dtype());
                    assertThat(actual.get(i).to(DType.FLOAT32).toFloatArray())
                            .containsExactly(
                                    want.to(DType.FLOAT32).toFloatArray(), org.assertj.core.data.Offset.offset(2e-5f));
                }
            }
        }
    }

    /** All names that the facade and the layers record, read from their sources. */
    private static Set<String> recordedNames() throws IOException {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("tensor/src/main/java"))) {
            folder = folder.getParent();
        }
        var names = new TreeSet<String>();
        var call = Pattern.compile(
                "(?:Op\\.run|Op\\.runMany|Recording\\.as|unary|binary|scalar|view|indexed)\\(\\s*\"([a-z0-9_]+)\"");
        for (var module : List.of("tensor", "nn")) {
            try (var files = Files.walk(folder.resolve(module + "/src/main/java"))) {
                for (var file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    var matcher = call.matcher(Files.readString(file));
                    while (matcher.find()) {
                        names.add(matcher.group(1));
                    }
                }
            }
        }
        names.remove("constant"); // numbers copied from Java: an external value, not an operation
        return names;
    }

    @Test
    void every_operation_of_the_facade_is_mapped_or_refused_on_purpose() throws IOException {
        var known = new TreeSet<>(Mappings.mapped());
        known.addAll(Mappings.refused().keySet());
        assertThat(recordedNames()).hasSizeGreaterThan(150);
        assertThat(known).containsAll(recordedNames());
        assertThat(recordedNames()).as("no mapping for what nobody records").containsAll(known);
        assertThat(Mappings.mapped())
                .doesNotContainAnyElementsOf(Mappings.refused().keySet());
    }

    @Test
    void every_mapping_has_a_case_here() {
        var tried = new TreeSet<String>();
        new MappingCases().all().forEach(c -> tried.add(c.operation()));
        var untried = new TreeSet<>(Mappings.mapped());
        untried.removeAll(tried);
        assertThat(untried).isEmpty();
    }

    @Test
    void a_refused_operation_is_named_with_its_reason() {
        var random = new Case(
                "rand",
                "",
                x -> List.of(x.add(Tensor.rand(DType.FLOAT32, Device.CPU, 4))),
                20,
                DType.FLOAT32,
                List.of(4L));
        assertThatThrownBy(() -> check(random))
                .isInstanceOf(CannotExportException.class)
                .hasMessageContaining("operation 'rand'")
                .hasMessageContaining("random");
        var loss = new Case(
                "mse_loss",
                "",
                x -> List.of(x.mseLoss(x.mul(2), Tensor.Reduction.MEAN)),
                20,
                DType.FLOAT32,
                List.of(4L));
        assertThatThrownBy(() -> check(loss)).hasMessageContaining("'mse_loss'").hasMessageContaining("loss");
    }

    @Test
    void numbers_from_java_that_follow_the_batch_are_refused() {
        var copied = new Case(
                "constant",
                "",
                x -> List.of(x.add(Tensor.of(new float[(int) x.dim(0)], x.dim(0), 1))),
                20,
                DType.FLOAT32,
                List.of(4L));
        assertThatThrownBy(() -> check(copied))
                .isInstanceOf(CannotExportException.class)
                .hasMessageContaining("numbers copied from Java differ with the size of the input");
    }

    @Test
    void a_parameter_that_follows_the_batch_is_refused_where_it_cannot() {
        var mean = new Case("mul", "", x -> List.of(x.mul(1.0 / x.dim(0))), 20, DType.FLOAT32, List.of(4L));
        assertThatThrownBy(() -> check(mean)).hasMessageContaining("its value changes with the size of the input");
    }
}
