package dev.fovea.models.verify;

import dev.fovea.nn.Module;
import dev.fovea.nn.State;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Weights and inputs from nothing but names: every element is drawn from splitmix64 (Steele et al. 2014), started at the FNV-1a hash of
 * its tensor's name, so that any program regenerates them bit for bit and golden files need not hold weights.
 *
 * @param salt put in front of every name before hashing
 * @param gain factor on the weights of two and more dimensions
 */
public record GoldenFill(String salt, double gain) {
    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final double UNIT = 1.0 / (1 << 24);
    private static final int CHUNK = 1 << 16;
    private static final int LARGEST = (Integer.MAX_VALUE - 8) / Float.BYTES;

    private static final List<String> SCALES =
            List.of("layer_scale", "gamma", "gamma_1", "gamma_2", "gain", "weight_g", "skipinit_gain");
    private static final List<String> TABLES = List.of("relative_coords_table", "attn_mask", "num_points_scale");
    private static final Pattern EMBEDDING = Pattern.compile(".*(?:class_token|cls_token|pos_embedding|pos_embed"
            + "|positional_embedding|class_embedding|token_embedding\\.weight|relative_position_bias_table"
            + "|row_embed\\.weight|col_embed\\.weight|rel_pos_h|rel_pos_w|iou_token\\.weight|mask_tokens\\.weight"
            + "|no_mask_embed\\.weight|not_a_point_embed\\.weight|point_embeddings\\.\\d+\\.weight"
            + "|positional_encoding_gaussian_matrix)");

    /** How a number in [0, 1) becomes a value. */
    enum Rule {
        /** The tensor stays as its module made it. */
        KEEP,
        /** Scales and variances: 0.5 to 1.5. */
        AROUND_ONE,
        /** Biases and means: -0.1 to 0.1. */
        SMALL,
        /** Tokens and position tables: -0.5 to 0.5. */
        EMBEDDING,
        CAPSULE,
        QUERY,
        /** Weights: ±sqrt(6 / fan in) times the gain. */
        FAN,
        /** Images: -1 to 1. */
        INPUT;

        /** The value for {@code u} in [0, 1), in the order of operations that the format fixes. */
        double value(double u, double bound) {
            return switch (this) {
                case KEEP -> throw new IllegalStateException("kept tensors are not filled");
                case AROUND_ONE -> 0.5 + u;
                case SMALL -> (u - 0.5) * 0.2;
                case EMBEDDING -> (2.0 * u - 1.0) * 0.5;
                case CAPSULE -> (2.0 * u - 1.0) * 0.05;
                case QUERY -> (2.0 * u - 1.0) * 8.0;
                case FAN -> (2.0 * u - 1.0) * bound;
                case INPUT -> 2.0 * u - 1.0;
            };
        }
    }

    /**
     * Overwrites all of a network's parameters and buffers, each by the rule that its key asks for. Besides the network it needs the
     * memory of the largest tensor.
     */
    public void fill(Module network) {
        var filled = new LinkedHashMap<String, State>();
        network.savedStates().forEach((key, state) -> { // of two names of one tensor the later counts
            if (rule(key, state) != Rule.KEEP) {
                filled.put(key, state);
            }
        });
        var largest = filled.entrySet().stream()
                .max(Comparator.comparingLong(e -> e.getValue().shape().numel()));
        if (largest.isEmpty()) {
            return;
        }
        var memory = memory(largest.get().getKey(), largest.get().getValue().shape());
        try {
            filled.forEach((key, state) -> {
                var buffer = memory.slice(0, Math.toIntExact(state.shape().numel() * Float.BYTES))
                        .order(memory.order());
                write(key, rule(key, state), state.shape(), buffer);
                try (var source =
                        Tensor.wrap(buffer, DType.FLOAT32, state.shape().toArray())) {
                    state.assign(source);
                }
            });
        } finally {
            Reference.reachabilityFence(memory); // the tensors do not hold it
        }
    }

    private static Rule rule(String key, State state) {
        return rule(key, state.shape(), state.value().dtype().isFloating());
    }

    /** The input of the given name and shape, -1 to 1, float32 on the CPU. */
    public Tensor input(String name, long... shape) {
        var buffer = memory(name, Shape.of(shape));
        write(name, Rule.INPUT, Shape.of(shape), buffer);
        try (var view = Tensor.wrap(buffer, DType.FLOAT32, shape)) {
            return view.copy();
        } finally {
            Reference.reachabilityFence(buffer); // the view does not hold it
        }
    }

    /** The values that the fill gives to a key of a state dict; empty where it leaves the tensor alone. */
    public float[] values(String key, long... shape) {
        var rule = rule(key, Shape.of(shape), true);
        if (rule == Rule.KEEP) {
            return new float[0];
        }
        var buffer = memory(key, Shape.of(shape));
        write(key, rule, Shape.of(shape), buffer);
        return array(buffer);
    }

    private static float[] array(ByteBuffer buffer) {
        var floats = new float[buffer.remaining() / Float.BYTES];
        buffer.asFloatBuffer().get(floats);
        return floats;
    }

    static Rule rule(String key, Shape shape, boolean floating) {
        int rank = shape.rank();
        if (!floating || TABLES.stream().anyMatch(key::endsWith)) {
            return Rule.KEEP;
        } else if (SCALES.stream().anyMatch(key::endsWith)) {
            return Rule.AROUND_ONE;
        } else if (rank == 0) {
            return Rule.KEEP;
        } else if (key.endsWith("running_var")) {
            return Rule.AROUND_ONE;
        } else if (key.endsWith("running_mean")) {
            return Rule.SMALL;
        } else if (EMBEDDING.matcher(key).matches()) {
            return Rule.EMBEDDING;
        } else if (key.equals("digitcaps.weight")) {
            return Rule.CAPSULE;
        } else if (key.endsWith("query_embed.weight")) {
            return Rule.QUERY;
        } else if (rank >= 2) {
            return Rule.FAN;
        }
        return key.endsWith("weight") ? Rule.AROUND_ONE : Rule.SMALL;
    }

    private static ByteBuffer memory(String name, Shape shape) {
        if (shape.numel() > LARGEST) {
            throw new IllegalArgumentException(
                    name + ": " + shape + " is more than the " + LARGEST + " values that a filled tensor can have");
        }
        return ByteBuffer.allocateDirect((int) shape.numel() * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    private void write(String name, Rule rule, Shape shape, ByteBuffer into) {
        int count = (int) shape.numel();
        double bound = rule == Rule.FAN ? Math.sqrt(6.0 / fanIn(shape)) * gain : 1;
        long start = hash(salt + name);
        var floats = into.asFloatBuffer();
        IntStream.range(0, (count + CHUNK - 1) / CHUNK)
                .parallel()
                .forEach(
                        chunk -> fill(floats, chunk * CHUNK, Math.min(count, (chunk + 1) * CHUNK), start, rule, bound));
    }

    private static void fill(FloatBuffer floats, int from, int to, long start, Rule rule, double bound) {
        for (int i = from; i < to; i++) {
            floats.put(i, (float) rule.value((splitmix64(start + i) >>> 40) * UNIT, bound));
        }
    }

    private static double fanIn(Shape shape) {
        double fanIn = 1;
        for (int i = 1; i < shape.rank(); i++) {
            fanIn *= shape.dim(i);
        }
        return fanIn;
    }

    /** FNV-1a, 64 bits, of the text in UTF-8. */
    static long hash(String text) {
        long h = FNV_START;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * FNV_PRIME;
        }
        return h;
    }

    /** The output function of splitmix64 for state {@code x}. */
    static long splitmix64(long x) {
        long z = x + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
