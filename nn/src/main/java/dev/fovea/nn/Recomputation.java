package dev.fovea.nn;

import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.GradHook;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Trains with less memory and more work: of each block of a network only input and output are kept, and what lies between is computed again
 * when the gradients need it ("Training Deep Nets with Sublinear Memory Cost", Chen et al. 2016, arXiv 1604.06174).
 *
 * <pre>{@code
 * try (var recomputation = Recomputation.open(network)) {
 *     var loss = network.call(images).crossEntropy(…);
 *     recomputation.backward(loss);
 * }
 * }</pre>
 *
 * <p>Gradients are those of a plain run to the last bit: a block draws the same random numbers again (dropout), in the same precision, and
 * running statistics take each batch once. Blocks are the modules that networks repeat: the outermost members of sequences and lists that
 * have parts of their own. Works in the thread that opened it, on modules in training mode; elsewhere everything is as always.
 */
public final class Recomputation implements AutoCloseable {
    private static final ThreadLocal<Recomputation> CURRENT = new ThreadLocal<>();

    /** One block that ran: what to run it on again, and where its gradient arrives. */
    private static final class Segment implements AutoCloseable {
        private final Layer block;
        private final Tensor input;
        private final boolean inputEndsGraph;
        private final Tensor randomState;
        private final Precision precision;
        private final GradHook hook;
        private final List<Tensor> gradients = new ArrayList<>();

        Segment(Layer block, Tensor input, boolean inputEndsGraph, Tensor output, Tensor randomState) {
            this.block = block;
            this.input = Recording.hold(input);
            this.inputEndsGraph = inputEndsGraph;
            this.randomState = Scope.release(randomState);
            precision = Precision.isReduced(input.device()) ? Precision.BFLOAT16 : Precision.FLOAT32;
            // As it comes: what autograd leaves at the output may lie in memory otherwise, and be summed in another
            // order.
            hook = output.onGrad(gradient -> {
                gradients.add(Recording.hold(gradient));
                return null;
            });
        }

        /** The gradient of the output; null if nothing depends on it. */
        Tensor gradient() {
            return gradients.stream().reduce(Tensor::add).orElse(null);
        }

        @Override
        public void close() {
            hook.close();
            gradients.forEach(Tensor::close);
            input.close();
            randomState.close();
        }
    }

    private final Recomputation outer;
    private final Set<Module> blocks;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private final Set<Long> outputs = new HashSet<>();
    private boolean replaying;

    private Recomputation(Set<Module> blocks) {
        this.blocks = blocks;
        outer = CURRENT.get();
        CURRENT.set(this);
    }

    /** From now on until the result is closed, blocks of this network keep nothing of what they compute in this thread. */
    public static Recomputation open(Module network) {
        return new Recomputation(blocks(network));
    }

    /** The blocks of a network, none if it does not repeat any. */
    public static Set<Module> blocks(Module network) {
        Set<Module> found = Collections.newSetFromMap(new IdentityHashMap<>());
        network.children().values().forEach(child -> collect(child, isListing(network), found));
        return found;
    }

    private static void collect(Module module, boolean listed, Set<Module> found) {
        boolean listing = isListing(module);
        if (listed && !listing && module instanceof Layer && !module.children().isEmpty()) {
            found.add(module);
        } else {
            module.children().values().forEach(child -> collect(child, listing, found));
        }
    }

    private static boolean isListing(Module module) {
        return module instanceof Sequential || module instanceof ModuleList;
    }

    /** Whether this thread is computing a block again, so that nothing that a module remembers may change. */
    public static boolean isReplaying() {
        var current = CURRENT.get();
        return current != null && current.replaying;
    }

    /** What is in force in this thread, or null. */
    static Recomputation current() {
        return CURRENT.get();
    }

    /** Whether this layer, which is about to run, should be run by {@link #run}. */
    boolean covers(Layer layer) {
        return !replaying && layer.isTraining() && Grad.isEnabled() && blocks.contains(layer);
    }

    /** Runs a block and forgets what it made on the way, its place in the graph of gradients too. */
    Tensor run(Layer block, Tensor input, Supplier<Tensor> work) {
        var device = input.device();
        try (var scope = Scope.open()) {
            var random = Seeds.state(device);
            var result = work.get();
            if (!result.requiresGrad()) {
                return scope.keep(result);
            }
            var output = scope.keep(result.detach().requiresGrad(true));
            boolean ends = !input.requiresGrad() || outputs.contains(Recording.identity(input));
            segments.push(new Segment(block, input, ends, output, random));
            outputs.add(Recording.identity(output));
            return output;
        }
    }

    /** Adds the gradients of this scalar, which was computed since {@link #open}, to the {@code grad} of every parameter. */
    public void backward(Tensor loss) {
        try (var scope = Scope.open()) {
            // What lies between blocks may be passed once for each block behind it.
            loss.backward(Tensor.ones(loss.dtype(), loss.device()), !segments.isEmpty());
        }
        while (!segments.isEmpty()) {
            try (var segment = segments.pop();
                    var scope = Scope.open()) {
                var gradient = segment.gradient();
                if (gradient != null) {
                    again(segment).backward(gradient, !segment.inputEndsGraph);
                }
            }
        }
    }

    private Tensor again(Segment segment) {
        Device device = segment.input.device();
        var after = Seeds.state(device);
        replaying = true;
        try (var mode = Grad.on();
                var autocast = segment.precision.activate(device)) {
            Seeds.restore(device, segment.randomState);
            return segment.block.call(segment.input);
        } finally {
            replaying = false;
            Seeds.restore(device, after);
        }
    }

    /** Back to how it was before {@link #open}; what no backward came for is forgotten. */
    @Override
    public void close() {
        segments.forEach(Segment::close);
        segments.clear();
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
