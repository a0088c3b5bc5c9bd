package dev.fovea.nn;

import dev.fovea.tensor.Attributes;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.trace.Recorder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up what each module of one run does. */
final class SummaryRecorder implements Recorder {
    /** One module so far. */
    static final class Work {
        private final List<Shape> outputs = new ArrayList<>();
        private ReceptiveField field;
        private long multiplyAdds;
        private long bytes;
        private int calls;

        List<Shape> outputs() {
            return List.copyOf(outputs);
        }

        ReceptiveField field() {
            return field;
        }

        long multiplyAdds() {
            return multiplyAdds;
        }

        long bytes() {
            return bytes;
        }

        int calls() {
            return calls;
        }
    }

    private final Map<String, Work> modules = new LinkedHashMap<>();
    private final Deque<Work> running = new ArrayDeque<>();
    // By identity: a closed handle stays a key, so that no later tensor can be taken for it.
    private final IdentityHashMap<Tensor, ReceptiveField> fields = new IdentityHashMap<>();
    private final Work outside = new Work();

    /** The modules in the order in which they began, by path. */
    Map<String, Work> modules() {
        return modules;
    }

    void input(Tensor picture) {
        fields.put(picture, ReceptiveField.PIXEL);
    }

    @Override
    public void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs) {
        var work = running.isEmpty() ? outside : running.peek();
        work.multiplyAdds += OperationCosts.multiplyAdds(name, inputs, outputs);
        ReceptiveField from = null;
        for (var input : inputs) {
            var field = input == null ? null : fields.get(input);
            if (field != null) {
                from = from == null ? field : from.with(field);
            }
        }
        for (var output : outputs) {
            if (inputs.stream().noneMatch(input -> input != null && output.isAliasOf(input))) {
                work.bytes += output.numel() * output.dtype().bytes();
            }
            if (from != null) {
                fields.put(output, OperationCosts.field(name, inputs, attributes.toMap(), outputs, from));
            }
        }
    }

    @Override
    public void enter(String moduleName) {
        var work = modules.computeIfAbsent(moduleName, key -> new Work());
        work.calls++;
        running.push(work);
    }

    @Override
    public void leave() {
        running.pop();
    }

    /** The result of the module that is running. */
    void result(Object result) {
        var work = running.peek();
        if (work != null && work.outputs.isEmpty()) {
            for (var tensor : tensors(result)) {
                work.outputs.add(tensor.shape());
                var field = fields.get(tensor);
                if (field != null) {
                    work.field = work.field == null ? field : work.field.with(field);
                }
            }
        }
    }

    private static List<Tensor> tensors(Object result) {
        if (result instanceof Tensor t) {
            return List.of(t);
        }
        if (result instanceof TensorOutput output) {
            return output.tensors();
        }
        return result instanceof Collection<?> many
                ? many.stream().flatMap(r -> tensors(r).stream()).toList()
                : List.of();
    }
}
