package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.tensor.trace.Recorder;
import dev.fovea.tensor.trace.Trace;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecorderTest {
    /** Work that reads, writes memory, or manages gradients: it has no place in a graph of values. */
    private static final Set<String> SILENT = Set.of(
            "requiresGrad",
            "copyFrom",
            "fillInPlace",
            "addInPlace(double)",
            "addInPlace(Tensor, double)",
            "uniformInPlace",
            "normalInPlace",
            "bernoulliInPlace",
            "clampInPlace",
            "indexPutInPlace",
            "grad");

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static final class Names implements Recorder {
        final List<String> names = new ArrayList<>();

        @Override
        public void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs) {
            assertThat(outputs).isNotEmpty().doesNotContainNull();
            attributes.toMap().values().forEach(v -> assertThat(v)
                    .isInstanceOfAny(
                            Long.class,
                            Double.class,
                            Boolean.class,
                            String.class,
                            long[].class,
                            double[].class,
                            DType.class));
            names.add(name);
        }

        @Override
        public void enter(String moduleName) {
            names.add("enter " + moduleName);
        }

        @Override
        public void leave() {
            names.add("leave");
        }
    }

    private static boolean givesTensors(Method m) {
        var type = m.getReturnType();
        return type == Tensor.class
                || type == List.class
                || type == ReductionOps.Indexed.class
                || type == IndexOps.Unique.class
                || type == Optional.class;
    }

    private static String signature(Method m) {
        return m.getName()
                + Arrays.stream(m.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList()
                        .toString()
                        .replace('[', '(')
                        .replace(']', ')');
    }

    /** Arguments by type that at least one of several receivers accepts. */
    private static Object argument(Class<?> type, Tensor tensor) {
        if (type == Tensor.class) {
            return tensor;
        } else if (type == Tensor[].class) {
            return new Tensor[] {tensor};
        } else if (type == List.class) {
            return List.of(tensor, tensor);
        } else if (type == long.class) {
            return 1L;
        } else if (type == double.class) {
            return 0.5;
        } else if (type == boolean.class) {
            return false;
        } else if (type == DType.class) {
            return DType.FLOAT64;
        } else if (type == Device.class) {
            return Device.CPU;
        } else if (type == String.class) {
            return "i->i";
        } else if (type == float[].class) {
            return new float[] {1};
        } else if (type == double[].class) {
            return new double[] {1};
        } else if (type == ByteBuffer.class) {
            return ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        } else if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        return null;
    }

    @Test
    void operations_that_can_be_called_blindly_all_reach_the_recorder() throws IllegalAccessException {
        int refused = 0;
        var receivers = new Tensor[] {
            Tensor.full(0.5, DType.FLOAT32, Device.CPU, 1, 1, 1, 1),
            Tensor.full(0.5, DType.FLOAT32, Device.CPU, 1, 1),
            Tensor.full(0.5, DType.FLOAT32, Device.CPU, 1),
            Tensor.full(0.5, DType.FLOAT32, Device.CPU),
            Tensor.zeros(DType.INT64, Device.CPU, 1),
            Tensor.zeros(DType.BOOL, Device.CPU, 1),
        };
        var unrecorded = new TreeSet<String>();
        var recorded = new TreeSet<String>();
        for (var m : Tensor.class.getMethods()) {
            if (!givesTensors(m) || SILENT.contains(m.getName()) || SILENT.contains(signature(m))) {
                continue;
            }
            for (var receiver : receivers) {
                var work = receiver.copy();
                var arguments = new Object[m.getParameterCount()];
                for (int i = 0; i < arguments.length; i++) {
                    var type = m.getParameterTypes()[i];
                    arguments[i] = type == long[].class
                            ? new long[Modifier.isStatic(m.getModifiers()) ? 0 : receiver.rank()]
                            : argument(type, receiver.copy());
                }
                var names = new Names();
                try (var recording = Recording.start(names)) {
                    var result = m.invoke(work, arguments);
                    if (names.names.isEmpty() && result != work) {
                        unrecorded.add(signature(m));
                    } else if (!names.names.isEmpty()) {
                        recorded.add(signature(m));
                    }
                } catch (InvocationTargetException e) {
                    refused++; // these arguments mean nothing to this operation
                }
            }
        }
        assertThat(refused).isPositive();
        assertThat(unrecorded).isEmpty();
        assertThat(recorded).as("operations tried").hasSizeGreaterThan(110);
    }

    @Test
    void reading_values_is_not_recorded() {
        var x = Tensor.of(new float[] {1, 2}, 2);
        var names = new Names();
        try (var recording = Recording.start(names)) {
            x.toFloatArray();
            x.toLongArray();
            assertThat(x.toString()).contains("1.0, 2.0");
            assertThat(x.contentEquals(x)).isTrue();
            x.isClose(x, 0, 0);
            Seeds.restore(Seeds.state());
            assertThat(x.to(DType.FLOAT32)).isSameAs(x);
            assertThat(x.dropout(0.5, false)).isSameAs(x);
        }
        assertThat(names.names).isEmpty();
        assertThat(Recording.current()).isEmpty();
    }

    @Test
    void a_trace_numbers_values_and_tells_external_ones_from_computed_ones() {
        var w = Tensor.ones(3);
        try (var trace = Trace.of(() -> {
            try (var inner = Scope.open()) {
                Tensor.ones(2, 3).mul(w).add(Tensor.of(new float[] {5}, 1)).relu();
            }
        })) {
            assertThat(trace.nodes()).extracting(Trace.Node::operation).containsExactly("full", "mul", "add", "relu");
            var mul = trace.nodes().get(1);
            int number = trace.find(w).orElseThrow();
            assertThat(mul.inputs().get(1)).isEqualTo(number);
            assertThat(trace.values().get(number).isExternal()).isTrue();
            int constant = trace.nodes().get(2).inputs().get(1);
            assertThat(trace.external(constant).item()).isEqualTo(5);
            var out = trace.values().get(trace.nodes().get(3).outputs().get(0));
            assertThat(out.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(out.type()).isEqualTo(DType.FLOAT32);
            assertThat(out.producer()).isEqualTo(3);
            assertThat(trace.find(Tensor.ones(1))).isEmpty();
        }
    }

    @Test
    void in_place_operations_make_new_values_whichever_handle_is_used_later() {
        var x = Tensor.of(new float[] {-1, 2}, 2);
        try (var trace = Trace.of(() -> {
            var y = x.neg();
            y.reluInPlace();
            y.mul(2);
        })) {
            var nodes = trace.nodes();
            assertThat(nodes).extracting(Trace.Node::operation).containsExactly("neg", "relu", "mul");
            assertThat(nodes.get(1).inputs()).isEqualTo(nodes.get(0).outputs());
            assertThat(nodes.get(2).inputs()).isEqualTo(nodes.get(1).outputs());
            assertThat(nodes.get(1).outputs()).isNotEqualTo(nodes.get(0).outputs());
        }
    }

    @Test
    void writing_that_a_graph_cannot_show_is_refused_when_the_value_is_used() {
        var x = Tensor.ones(2);
        assertThatThrownBy(() -> Trace.of(() -> x.neg().fillInPlace(3).mul(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("written to in place");
        assertThatThrownBy(() -> Trace.of(() -> {
                    var y = x.neg();
                    var view = y.narrow(0, 0, 1);
                    y.reluInPlace();
                    view.mul(2);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("written to in place");
        assertThat(Recording.current()).isEmpty();
    }

    @Test
    void runs_of_two_batch_sizes_have_one_structure_and_differ_where_sizes_follow_the_batch() {
        var w = Tensor.ones(4, 3);
        try (var one = Trace.of(() -> flatten(Tensor.of(new float[6], 1, 2, 3), w));
                var two = Trace.of(() -> flatten(Tensor.of(new float[12], 2, 2, 3), w));
                var other = Trace.of(() -> w.relu())) {
            assertThat(one.sameStructure(two)).isTrue();
            assertThat(one.sameStructure(other)).isFalse();
            assertThat(one.nodes().get(0).attributes().integers("shape")).containsExactly(2, 3);
            assertThat(two.nodes().get(0).attributes().integers("shape")).containsExactly(4, 3);
            assertThat(one.nodes().get(1).attributes())
                    .isEqualTo(two.nodes().get(1).attributes());
            assertThat(one.nodes().get(1).inputs().get(2)).isEqualTo(-1);
        }
    }

    private static Tensor flatten(Tensor x, Tensor w) {
        return x.reshape(x.dim(0) * 2, 3).linear(w, null);
    }

    @Test
    void nodes_know_the_module_they_ran_in() {
        var x = Tensor.ones(2);
        try (var trace = Trace.of(() -> {
            var r = Recording.current().orElseThrow();
            r.enter("layer1");
            r.enter("layer1.conv");
            x.neg();
            r.leave();
            x.abs();
            r.leave();
            x.exp();
        })) {
            assertThat(trace.nodes()).extracting(Trace.Node::module).containsExactly("layer1.conv", "layer1", "");
        }
    }

    @Test
    void attributes_leave_out_what_was_not_given_and_do_not_follow_the_callers_arrays() {
        long[] dims = {1};
        try (var trace = Trace.of(() -> {
            Tensor.ones(1, 1, 2, 2).interpolate(2.0, 2.0, ResamplingOps.Interpolation.NEAREST, false);
            Tensor.ones(2, 2).sum(false, dims);
        })) {
            dims[0] = 7;
            var interpolate = trace.nodes().get(1).attributes();
            assertThat(interpolate.get("size")).isEmpty();
            assertThat(interpolate.get("scale")).hasValue(new double[] {2, 2});
            assertThat(interpolate.text("mode")).isEqualTo("nearest");
            assertThat(trace.nodes().get(3).attributes().integers("dims")).containsExactly(1);
            assertThatThrownBy(() -> interpolate.integer("depth"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("depth");
        }
    }
}
