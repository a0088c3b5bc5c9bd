package dev.fovea.nn;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * A part of a network: named parameters, buffers and children. Names joined by dots are the keys of the {@linkplain #stateDict
 * state dict} and equal the reference implementation's.
 *
 * <p>A module computes inside {@link #run}, which frees its intermediate tensors as soon as it is done, tells recorders where they
 * are, and calls {@linkplain #observe observers}.
 */
public abstract class Module implements AutoCloseable {
    private static final ThreadLocal<List<Observer>> OBSERVERS = ThreadLocal.withInitial(ArrayList::new);

    private final Map<String, State> states = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();
    private final Map<String, Module> aliases = new LinkedHashMap<>();
    private Module parent;
    private String name = "";
    private boolean training = true;

    // Made when first asked for, forgotten when anything is registered here or below.
    private Map<String, Module> allModules;
    private Map<String, State> allStates;
    private Map<String, Parameter> allParameters;

    // --- building --------------------------------------------------------------------------------------------------

    /** Registers a trainable tensor; it then lives as long as this module. */
    protected final Parameter parameter(String key, Tensor initial) {
        var parameter = new Parameter(initial);
        register(states, key, parameter);
        return parameter;
    }

    /** Registers a tensor that is saved but not trained. */
    protected final Buffer buffer(String key, Tensor initial) {
        return buffer(key, initial, true);
    }

    /** Registers a tensor that is not trained, and saved only if {@code persistent}. */
    protected final Buffer buffer(String key, Tensor initial, boolean persistent) {
        var buffer = new Buffer(initial, persistent);
        register(states, key, buffer);
        return buffer;
    }

    /** Builds a module and registers it as a child. */
    protected final <M extends Module> M child(String key, LayerSpec<M> spec) {
        return child(key, spec.build());
    }

    /** Registers a module as a child. */
    protected final <M extends Module> M child(String key, M module) {
        attach(key, module);
        register(children, key, module);
        return module;
    }

    /** Puts another module in a child's place, for example a head with another class count; the old one is closed. */
    protected final <M extends Module> M replaceChild(String key, M module) {
        var old = children.get(key);
        if (old == null) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " has no child '" + key + "'; it has " + children.keySet());
        }
        attach(key, module);
        children.put(key, module);
        structureChanged();
        old.parent = null;
        old.close();
        return module;
    }

    /** Turns a parameter into a saved buffer of the same name, place and values: it is no longer trained. */
    protected final Buffer constant(String key) {
        if (!(states.get(key) instanceof Parameter old)) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " has no parameter '" + key + "'; it has " + states.keySet());
        }
        old.freeze();
        var buffer = new Buffer(old.value(), true);
        states.put(key, buffer);
        structureChanged();
        return buffer;
    }

    /** Takes a tensor of this module's own out of it and frees it. */
    protected final void remove(String key) {
        var old = states.remove(key);
        if (old == null) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " has no tensor '" + key + "'; it has " + states.keySet());
        }
        structureChanged();
        old.value().close();
    }

    /** Takes a direct child out, so that another module can have it; its tensors stay. */
    protected final <M extends Module> M detach(M module) {
        Module child = module;
        if (child.parent != this) {
            throw new IllegalArgumentException(
                    "'" + child.path() + "' is no child of " + getClass().getSimpleName());
        }
        children.remove(child.name);
        structureChanged();
        child.parent = null;
        child.name = "";
        return module;
    }

    /** Takes a module out of the one it belongs to, if any, so that this one can have it. */
    protected static <M extends Module> M adopted(M module) {
        var owner = ((Module) module).parent;
        return owner == null ? module : owner.detach(module);
    }

    /** Takes a module below this one out and frees its tensors. */
    protected final void dropDescendant(String path) {
        var module = find(path)
                .orElseThrow(() -> new IllegalArgumentException(
                        getClass().getSimpleName() + " has no module '" + path + "' below it"));
        module.parent.detach(module);
        module.close();
    }

    /**
     * Gives a module that has another parent a name here too, since files of the reference hold its tensors under both; what had the name
     * before loses it. Only the {@linkplain #stateDict state dict} knows this name.
     */
    protected final void alias(String key, Module module) {
        if (key.isEmpty() || key.indexOf('.') >= 0 || states.containsKey(key) || children.containsKey(key)) {
            throw new IllegalArgumentException("'" + key + "' cannot be a second name in "
                    + getClass().getSimpleName() + ": names are unique, not empty and without dots");
        }
        aliases.put(key, module);
    }

    private void structureChanged() {
        for (var m = this; m != null; m = m.parent) {
            m.allModules = null;
            m.allStates = null;
            m.allParameters = null;
        }
    }

    private void attach(String key, Module module) {
        if (module.parent != null || module == this) {
            throw new IllegalArgumentException(
                    "'" + key + "' is already a child of another module, as '" + module.path() + "'");
        }
        module.parent = this;
        module.name = key;
        module.train(training);
    }

    private <T> void register(Map<String, T> map, String key, T value) {
        if (key.isEmpty() || key.indexOf('.') >= 0 || states.containsKey(key) || children.containsKey(key)) {
            throw new IllegalArgumentException("'" + key + "' cannot be used as a name in "
                    + getClass().getSimpleName() + ": names are unique, not empty and without dots");
        }
        map.put(key, value);
        structureChanged();
    }

    // --- the tree --------------------------------------------------------------------------------------------------

    /** The direct children by name, in order of registration. */
    public final Map<String, Module> children() {
        return Collections.unmodifiableMap(children);
    }

    /** This module's own tensors by name, in order of registration. */
    public final Map<String, State> states() {
        return Collections.unmodifiableMap(states);
    }

    /** The names from the root to here joined by dots; empty for a root. */
    public final String path() {
        if (parent == null) {
            return name;
        }
        String above = parent.path();
        return above.isEmpty() ? name : above + "." + name;
    }

    /** This module and all below it, by path relative to this one, parents first. */
    public final Map<String, Module> modules() {
        if (allModules == null) {
            var all = new LinkedHashMap<String, Module>();
            collect("", all);
            allModules = Collections.unmodifiableMap(all);
        }
        return allModules;
    }

    private void collect(String prefix, Map<String, Module> all) {
        all.put(prefix, this);
        children.forEach((key, child) -> child.collect(prefix.isEmpty() ? key : prefix + "." + key, all));
    }

    /** The module at a path such as {@code layer1.0}; empty if there is none. */
    public final Optional<Module> find(String path) {
        return Optional.ofNullable(modules().get(path));
    }

    /** All parameters by key, frozen ones too. */
    public final Map<String, Parameter> parameters() {
        if (allParameters == null) {
            var all = new LinkedHashMap<String, Parameter>();
            allStates().forEach((key, state) -> {
                if (state instanceof Parameter p) {
                    all.put(key, p);
                }
            });
            allParameters = Collections.unmodifiableMap(all);
        }
        return allParameters;
    }

    /** All parameters and buffers by key: a module's parameters, its buffers, then its children's. */
    public final Map<String, State> allStates() {
        if (allStates == null) {
            var all = new LinkedHashMap<String, State>();
            modules().forEach((path, module) -> {
                String prefix = path.isEmpty() ? "" : path + ".";
                module.putStates(Parameter.class, prefix, all);
                module.putStates(Buffer.class, prefix, all);
            });
            allStates = Collections.unmodifiableMap(all);
        }
        return allStates;
    }

    private void putStates(Class<? extends State> kind, String prefix, Map<String, State> all) {
        states.forEach((key, state) -> {
            if (kind.isInstance(state)) {
                all.put(prefix + key, state);
            }
        });
    }

    /** What is saved: all parameters and persistent buffers by key. The tensors are the live ones, not copies. */
    public final Map<String, Tensor> stateDict() {
        var dict = new LinkedHashMap<String, Tensor>();
        savedStates().forEach((key, state) -> dict.put(key, state.value()));
        return dict;
    }

    /** All parameters and persistent buffers by the keys of {@link #stateDict}: those with two names are there twice. */
    public final Map<String, State> savedStates() {
        var saved = new LinkedHashMap<String, State>();
        collectSaved("", saved);
        saved.values().removeIf(state -> state instanceof Buffer b && !b.isPersistent());
        return saved;
    }

    private void collectSaved(String prefix, Map<String, State> saved) {
        putStates(Parameter.class, prefix, saved);
        putStates(Buffer.class, prefix, saved);
        children.forEach((key, child) -> child.collectSaved(prefix + key + ".", saved));
        aliases.forEach((key, other) -> other.collectSaved(prefix + key + ".", saved));
    }

    /**
     * Copies named tensors into this module where name and shape fit, converted to its types and devices, and says what did not
     * fit. Look at the report: a network that took half of its weights is rarely what is wanted.
     */
    public final LoadReport load(Map<String, Tensor> tensors) {
        var report = compare(tensors);
        assign(tensors);
        return report;
    }

    /** Copies named tensors into this module; if any is missing, unexpected or of another shape, nothing is changed. */
    public final void loadStrict(Map<String, Tensor> tensors) {
        var report = compare(tensors);
        if (!report.isComplete()) {
            throw new StateDictException(getClass().getSimpleName(), report);
        }
        assign(tensors);
    }

    /** How named tensors would fit, without changing anything. */
    public final LoadReport compare(Map<String, Tensor> tensors) {
        tensors.forEach((key, tensor) -> {
            if (tensor.isClosed()) {
                throw new IllegalArgumentException("the tensor '" + key + "' to be loaded is closed already");
            }
        });
        return LoadReport.compare(stateDict(), tensors);
    }

    private void assign(Map<String, Tensor> tensors) {
        savedStates().forEach((key, state) -> {
            var source = tensors.get(key);
            if (source != null && source.shape().equals(state.shape())) {
                state.assign(source);
            }
        });
    }

    /** The number of values in all parameters, frozen ones too. */
    public final long parameterCount() {
        return parameters().values().stream().mapToLong(p -> p.shape().numel()).sum();
    }

    // --- modes and places ------------------------------------------------------------------------------------------

    public final boolean isTraining() {
        return training;
    }

    /** Switches training behaviour (dropout, batch statistics) on or off, here and below. */
    public void train(boolean on) {
        training = on;
        children.values().forEach(child -> child.train(on));
    }

    /** Switches training behaviour off, here and below. */
    public final void eval() {
        train(false);
    }

    /** Leaves all parameters here and below out of training; running statistics go on, see {@link #freezeStatistics}. */
    public final void freeze() {
        parameters().values().forEach(Parameter::freeze);
    }

    /** Takes all parameters here and below back into training. */
    public final void unfreeze() {
        parameters().values().forEach(Parameter::unfreeze);
    }

    /** Makes batch normalisation here and below use its running statistics in training too, unchanged; or ends that. */
    public final void freezeStatistics(boolean on) {
        modules().values().forEach(module -> {
            if (module instanceof RunningStatistics statistics) {
                statistics.holdStatistics(on);
            }
        });
    }

    /** Moves all tensors to a device. */
    public final void to(Device device) {
        allStates().values().forEach(s -> s.move(device, s.value().dtype()));
    }

    /** Converts all floating tensors to a type. */
    public final void to(DType type) {
        allStates().values().forEach(s -> s.move(s.value().device(), type));
    }

    /** Lays all convolution weights out as channels-last. */
    public final void channelsLast() {
        allStates().values().forEach(State::channelsLast);
    }

    /** Forgets all gradients. */
    public final void clearGrads() {
        parameters().values().forEach(p -> p.value().clearGrad());
    }

    /** Frees all tensors of this module and all below it. */
    @Override
    public final void close() {
        allStates().values().forEach(s -> s.value().close());
    }

    // --- computing -------------------------------------------------------------------------------------------------

    /**
     * Does this module's work: intermediate tensors are freed at its end, the result (a tensor, a {@link TensorOutput}, or a
     * collection of them) is kept.
     */
    protected final <T> T run(Supplier<T> work) {
        var recorder = Recording.current();
        recorder.ifPresent(r -> r.enter(path()));
        try (var scope = Scope.open()) {
            T result = work.get();
            keep(scope, result);
            for (var observer : OBSERVERS.get()) {
                observer.listener.accept(this, result);
            }
            return result;
        } finally {
            recorder.ifPresent(r -> r.leave());
        }
    }

    private static void keep(Scope scope, Object result) {
        if (result instanceof Tensor t) {
            scope.keep(t);
        } else if (result instanceof TensorOutput output) {
            output.tensors().forEach(scope::keep);
        } else if (result instanceof Collection<?> many) {
            many.forEach(r -> keep(scope, r));
        }
    }

    /** Whether anybody observes modules in this thread and may keep results; they must then stay as they are handed out. */
    protected static boolean isObserved() {
        return OBSERVERS.get().stream().anyMatch(o -> o.mayKeep);
    }

    /** Calls {@code observer} with every module that finishes its work in this thread and with its result, until closed. */
    public static AutoCloseable observe(BiConsumer<Module, Object> observer) {
        return observe(new Observer(observer, true))::run;
    }

    /** As {@link #observe} for an observer that looks at results only while it is called; ends when the result is run. */
    static Runnable glance(BiConsumer<Module, Object> observer) {
        return observe(new Observer(observer, false));
    }

    private static Runnable observe(Observer observer) {
        OBSERVERS.get().add(observer);
        return () -> OBSERVERS.get().remove(observer);
    }

    private static final class Observer {
        private final BiConsumer<Module, Object> listener;
        private final boolean mayKeep;

        private Observer(BiConsumer<Module, Object> listener, boolean mayKeep) {
            this.listener = listener;
            this.mayKeep = mayKeep;
        }
    }

    void setTraining(boolean on) {
        training = on;
    }
}
