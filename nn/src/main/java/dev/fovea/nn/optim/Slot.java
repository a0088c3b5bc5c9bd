package dev.fovea.nn.optim;

import dev.fovea.nn.Parameter;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parameter with what the optimiser remembers about it. */
final class Slot {
    /** The number of steps, a float32 scalar, as the fused kernels want it. */
    static final String STEP = "step";

    /** The float32 copy that is trained in the parameter's place. */
    static final String MASTER = "master";

    private final String name;
    private final Parameter parameter;
    private final boolean mayHaveMaster;
    private final List<String> buffers;
    private final Map<String, Tensor> state = new LinkedHashMap<>();
    private Tensor wideGradient;
    private Tensor known;

    Slot(String name, Parameter parameter, boolean mayHaveMaster, List<String> buffers) {
        this.name = name;
        this.parameter = parameter;
        this.mayHaveMaster = mayHaveMaster;
        this.buffers = buffers;
    }

    String name() {
        return name;
    }

    Parameter parameter() {
        return parameter;
    }

    Map<String, Tensor> state() {
        return state;
    }

    /** Whether no step has been made yet. */
    boolean isFresh() {
        return buffers.isEmpty() ? known == null : !state.containsKey(buffers.get(0));
    }

    boolean hasMaster() {
        var type = parameter.value().dtype();
        return mayHaveMaster && (type == DType.BFLOAT16 || type == DType.FLOAT16);
    }

    /** What steps are made on: the master copy, or the parameter itself. */
    Tensor trained() {
        return hasMaster() ? state.get(MASTER) : parameter.value();
    }

    /** A float32 home for a narrow gradient; kept, so that no step needs to take memory. */
    Tensor wideGradient() {
        if (wideGradient == null) {
            wideGradient = Scope.release(parameter.value().detach().to(DType.FLOAT32));
        }
        return wideGradient;
    }

    /** Makes what is missing, and follows the parameter to another device, layout or type. */
    void prepare() {
        if (known == parameter.value()) {
            return;
        }
        known = parameter.value();
        closeWideGradient();
        state.replaceAll(this::fit);
        if (hasMaster()) {
            create(MASTER);
        }
        buffers.forEach(this::create);
    }

    private void create(String key) {
        if (!state.containsKey(key)) {
            var tensor = like(key);
            state.put(key, Scope.release(key.equals(MASTER) ? tensor : tensor.fillInPlace(0)));
        }
    }

    /** A new tensor as the state {@code key} must be: the parameter's layout and device, the type that is trained. */
    private Tensor like(String key) {
        var value = parameter.value().detach();
        if (key.equals(STEP)) {
            return Tensor.zeros(DType.FLOAT32, value.device());
        }
        return hasMaster() ? value.to(DType.FLOAT32) : value.copy();
    }

    private Tensor fit(String key, Tensor tensor) {
        var fitting = Scope.release(like(key).copyFrom(tensor));
        tensor.close();
        return fitting;
    }

    /** Takes over saved state; what belongs to no buffer was checked away before. */
    void restore(Map<String, Tensor> saved) {
        close();
        saved.forEach((key, tensor) -> state.put(key, Scope.release(like(key).copyFrom(tensor))));
    }

    /** The shape that the state {@code key} must have. */
    Shape shapeOf(String key) {
        return key.equals(STEP) ? Shape.of() : parameter.shape();
    }

    private void closeWideGradient() {
        if (wideGradient != null) {
            wideGradient.close();
            wideGradient = null;
        }
    }

    void close() {
        closeWideGradient();
        state.values().forEach(Tensor::close);
        state.clear();
        known = null;
    }
}
