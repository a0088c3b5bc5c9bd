package dev.fovea.nn.optim;

import dev.fovea.nn.Parameter;
import dev.fovea.nn.schedule.Schedule;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes parameters by their gradients.
 *
 * <pre>{@code
 * try (var optimizer = Sgd.of(0.1).momentum(0.9).build(network)) {
 *     loss.backward();
 *     optimizer.step();
 *     optimizer.zeroGrad();
 * }
 * }</pre>
 *
 * <p>Parameters that are frozen or have no gradient are left out of a step. A parameter's state is made at its first step and
 * follows it to another device or memory layout. Load weights before the first step: master copies do not notice later changes.
 */
public abstract sealed class Optimizer implements AutoCloseable
        permits AdaptiveMoments, RootMeanSquare, StochasticDescent {
    private final OptimizerSpec spec;
    private final List<String> buffers;
    private final List<Group> groups = new ArrayList<>();
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    /** With the names of the tensors that are remembered for each parameter. */
    Optimizer(OptimizerSpec spec, List<ParameterGroup> groups, List<String> buffers) {
        this.spec = spec;
        this.buffers = List.copyOf(buffers);
        var names = new LinkedHashSet<String>();
        for (var group : groups) {
            if (!names.add(group.name())) {
                throw new IllegalArgumentException("two parameter groups are named '" + group.name() + "'");
            }
            var own = new ArrayList<Slot>();
            group.parameters().forEach((name, parameter) -> own.add(slot(group, name, parameter)));
            this.groups.add(new Group(group, spec, own));
        }
        if (slots.isEmpty()) {
            throw new IllegalArgumentException("there are no parameters to optimise in groups " + names);
        }
    }

    private Slot slot(ParameterGroup group, String name, Parameter parameter) {
        var slot = new Slot(name, parameter, spec.hasMasterWeights(), buffers);
        if (slots.put(name, slot) != null) {
            throw new IllegalArgumentException("parameter '" + name + "' is in group '" + group.name()
                    + "' and in one before; each may be in one group only");
        }
        return slot;
    }

    /** Makes a step on a list of parameters. */
    abstract void update(Group group, Batch batch);

    /** The kind of optimiser and its numbers. */
    public final OptimizerSpec spec() {
        return spec;
    }

    public final List<Group> groups() {
        return Collections.unmodifiableList(groups);
    }

    /** Changes all trainable parameters that have a gradient. */
    public final void step() {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            for (var group : groups) {
                for (var batch : batches(group)) {
                    batch.widen();
                    update(group, batch);
                    batch.narrow();
                }
            }
        }
    }

    private record Kind(DType type, boolean isFirstStep) {}

    private static Iterable<Batch> batches(Group group) {
        var batches = new LinkedHashMap<Kind, Batch>();
        for (var slot : group.slots) {
            var parameter = slot.parameter();
            if (!parameter.isTrainable()) {
                continue;
            }
            parameter.value().grad().ifPresent(gradient -> {
                var type = slot.hasMaster() ? DType.FLOAT32 : parameter.value().dtype();
                batches.computeIfAbsent(new Kind(type, slot.isFresh()), k -> new Batch(k.isFirstStep))
                        .add(slot, gradient);
            });
        }
        return batches.values();
    }

    /** Forgets the gradients of all parameters and frees their memory. */
    public final void zeroGrad() {
        slots.values().forEach(slot -> slot.parameter().value().clearGrad());
    }

    /** The learning rates of the groups by a schedule, for the step to come. */
    public final void schedule(Schedule schedule, long step) {
        groups.forEach(group -> group.lr(schedule.lr(group.baseLr(), step)));
    }

    // --- saving and restoring --------------------------------------------------------------------------------------

    /** All that is remembered about parameters, as {@code exp_avg/conv1.weight}. The live tensors, not copies. */
    public final Map<String, Tensor> stateTensors() {
        var all = new LinkedHashMap<String, Tensor>();
        slots.forEach((name, slot) -> slot.state().forEach((key, tensor) -> all.put(key + "/" + name, tensor)));
        return all;
    }

    /** The numbers of the groups, as {@code lr/head} and {@code weight_decay/head}. */
    public final Map<String, Double> stateScalars() {
        var all = new LinkedHashMap<String, Double>();
        for (var group : groups) {
            all.put("lr/" + group.name, group.lr);
            all.put("weight_decay/" + group.name, group.weightDecay);
        }
        return all;
    }

    /**
     * Takes over (copies) what {@link #stateTensors} and {@link #stateScalars} gave; steps then go on as if nothing had happened.
     *
     * @throws IllegalArgumentException if the state is that of another optimiser or of other parameters; nothing is changed then
     */
    public final void restore(Map<String, Tensor> tensors, Map<String, Double> scalars) {
        if (!scalars.keySet().equals(stateScalars().keySet())) {
            throw new IllegalArgumentException("the saved optimiser has the numbers " + scalars.keySet()
                    + ", this one has " + stateScalars().keySet() + "; use the same parameter groups");
        }
        var bySlot = sort(tensors);
        bySlot.forEach((slot, saved) -> checkComplete(slot, saved.keySet()));
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            slots.values().forEach(Slot::close);
            bySlot.forEach(Slot::restore);
        }
        for (var group : groups) {
            group.lr = scalars.get("lr/" + group.name);
            group.weightDecay = scalars.get("weight_decay/" + group.name);
        }
    }

    private Map<Slot, Map<String, Tensor>> sort(Map<String, Tensor> tensors) {
        var bySlot = new LinkedHashMap<Slot, Map<String, Tensor>>();
        tensors.forEach((path, tensor) -> {
            int slash = path.indexOf('/');
            var slot = slots.get(path.substring(slash + 1));
            String key = path.substring(0, Math.max(slash, 0));
            if (slot == null || !expected(slot).contains(key)) {
                throw new IllegalArgumentException("the saved state has '" + path + "', which this optimiser (" + spec
                        + ") does not use; it belongs to another optimiser or network");
            }
            if (!tensor.shape().equals(slot.shapeOf(key))) {
                throw new IllegalArgumentException("the saved state '" + path + "' has shape " + tensor.shape()
                        + ", expected " + slot.shapeOf(key) + "; it belongs to another network");
            }
            bySlot.computeIfAbsent(slot, s -> new LinkedHashMap<>()).put(key, tensor);
        });
        return bySlot;
    }

    private Set<String> expected(Slot slot) {
        var keys = new LinkedHashSet<>(buffers);
        if (slot.hasMaster()) {
            keys.add(Slot.MASTER);
        }
        return keys;
    }

    private void checkComplete(Slot slot, Set<String> keys) {
        if (!keys.equals(expected(slot))) {
            throw new IllegalArgumentException("the saved state of '" + slot.name() + "' has " + keys + ", expected "
                    + expected(slot) + "; it belongs to another optimiser");
        }
    }

    /** Frees what is remembered; the parameters stay. */
    @Override
    public final void close() {
        slots.values().forEach(Slot::close);
    }

    /** Parameters with their learning rate and weight decay; schedules set the rate. */
    public static final class Group {
        private final String name;
        private final Map<String, Parameter> parameters;
        private final List<Slot> slots;
        private final double baseLr;
        private double lr;
        private double weightDecay;

        Group(ParameterGroup group, OptimizerSpec spec, List<Slot> slots) {
            this.name = group.name();
            this.parameters = group.parameters();
            this.slots = slots;
            this.baseLr = group.lr().orElse(spec.lr());
            this.weightDecay = group.weightDecay().orElse(spec.weightDecay());
            this.lr = baseLr;
        }

        public String name() {
            return name;
        }

        public Map<String, Parameter> parameters() {
            return parameters;
        }

        /** The learning rate that the group was made with; what schedules start from. */
        public double baseLr() {
            return baseLr;
        }

        /** The learning rate of the next step. */
        public double lr() {
            return lr;
        }

        /** Sets the learning rate of the next step. */
        public void lr(double value) {
            Settings.notNegative("group " + name, "lr", value);
            lr = value;
        }

        public double weightDecay() {
            return weightDecay;
        }

        public void weightDecay(double value) {
            Settings.notNegative("group " + name, "weight decay", value);
            weightDecay = value;
        }
    }
}
