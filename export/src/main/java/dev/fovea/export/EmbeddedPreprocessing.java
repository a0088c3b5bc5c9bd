package dev.fovea.export;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.export.graph.GraphValue;
import dev.fovea.export.graph.OnnxFile;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Puts the preparation of pictures in front of a graph, which then takes pixels as they come, uint8 {@code [N, H, W, C]} of any height and width:
 * the resize policy, antialiased, and normalisation. ONNX Runtime resizes bytes by fixed-point arithmetic as Pillow does, but rounds ties
 * another way: pixels may be off by one level of 255, few by two.
 */
public final class EmbeddedPreprocessing implements Alteration {
    /** The oldest operators that resize antialiased. */
    public static final int LEAST_OPSET = 18;
    /** What pixels that are off by a level may change, in units of the outputs' standard deviation. */
    private static final double TOLERANCE = 0.1;

    private final Preprocessing preprocessing;
    private Graph before;

    /**
     * Prepares as the policy and the normalisation say.
     *
     * @throws IllegalArgumentException if ONNX has no filter that gives the same pixels
     */
    public EmbeddedPreprocessing(Preprocessing preprocessing) {
        if (preprocessing.resize() instanceof ResizePolicy.CornerLetterbox
                || preprocessing.normalize().bgr()) {
            throw new IllegalArgumentException("pictures at the top left ('" + preprocessing.resize()
                    + "') and blue-first channels cannot be prepared in the graph; leave preparation outside");
        }
        var filter = preprocessing.resize().interpolation();
        if (!List.of(Interpolation.BILINEAR, Interpolation.BICUBIC).contains(filter)) {
            throw new IllegalArgumentException("the filter '" + filter + "' of the resize policy '"
                    + preprocessing.resize()
                    + "' has no operator in ONNX that agrees; leave preparing to the program, or train with"
                    + " bilinear or bicubic");
        }
        this.preprocessing = preprocessing;
    }

    @Override
    public Graph apply(Graph graph) {
        if (graph.opset() < LEAST_OPSET) {
            throw new IllegalStateException("resizing inside the graph needs operators of version " + LEAST_OPSET
                    + " or newer, got " + graph.opset());
        }
        before = graph;
        var copy = graph.copy();
        var input = copy.inputs().get(0);
        String prepared = copy.freshName(input.name() + "/prepared");
        copy.renameReads(name -> name.equals(input.name()) ? prepared : name);
        List<Object> dims = List.of("batch", "height", "width", (long) preprocessing.channels());
        copy.inputs().set(0, new GraphValue(input.name(), DType.UINT8, dims));
        var writer = new Writer(copy);
        writer.write(input.name(), prepared);
        writer.nodes.addAll(copy.nodes());
        copy.replaceNodes(writer.nodes);
        return copy;
    }

    @Override
    public Deviation check(Session written) {
        var worst = new Deviation(0, 1);
        var size = preprocessing.size();
        var sizes = List.of(
                new Size(size.height() * 2 + 3, size.width() * 3 + 1),
                new Size(size.height() + 31, size.width() + 5),
                new Size(size.height() / 2 + 1, size.width() / 2 + 7));
        try (var session = Session.open(before)) {
            for (var s : sizes) {
                var found = compare(session, written, s);
                if (!(found.relative() <= TOLERANCE)) {
                    throw new IllegalStateException("with preparation inside, the graph differs by " + found
                            + " for pictures of " + s + "; please report this");
                }
                worst = found.max(worst);
            }
        }
        return worst;
    }

    private Deviation compare(Session expected, Session actual, Size size) {
        try (var scope = Scope.open()) {
            int channels = preprocessing.channels();
            var images = List.of(picture(1, size), picture(2, size));
            var target = preprocessing.size();
            var floats = Tensor.zeros(images.size(), channels, target.height(), target.width());
            var bytes = new byte[Math.toIntExact(images.size() * size.area() * channels)];
            int length = (int) (floats.numel() / images.size());
            for (int i = 0; i < images.size(); i++) {
                preprocessing.apply(images.get(i), floats.asByteBuffer().asFloatBuffer(), i * length);
                byte[] pixels = images.get(i).pixels();
                System.arraycopy(pixels, 0, bytes, i * pixels.length, pixels.length);
            }
            var raw = ByteBuffer.allocateDirect(bytes.length)
                    .order(ByteOrder.nativeOrder())
                    .put(bytes)
                    .flip();
            var pixels = Tensor.wrap(raw, DType.UINT8, images.size(), size.height(), size.width(), channels);
            return Deviation.between(
                    expected.run(floats).toFloatArray(), actual.run(pixels).toFloatArray());
        }
    }

    /** Waves of colour with some noise, which is not quite as hard to resize as noise alone. */
    private Image picture(int seed, Size size) {
        var random = new Random(seed);
        int channels = preprocessing.channels();
        var pixels = new byte[Math.toIntExact(size.area() * channels)];
        for (int i = 0; i < pixels.length; i++) {
            int y = i / channels / size.width();
            int x = i / channels % size.width();
            double wave = Math.sin(x * 0.05 * seed + i % channels) + Math.cos(y * 0.07 + seed);
            pixels[i] = (byte) Math.max(0, Math.min(255, 128 + 55 * wave + 10 * random.nextGaussian()));
        }
        return Image.wrap(size.width(), size.height(), channels, pixels);
    }

    /** Writes the nodes in front. Lengths are int64 rows: {@code [1]} for one, {@code [2]} for height and width. */
    private final class Writer {
        private final Graph graph;
        private final List<GraphNode> nodes = new ArrayList<>();

        Writer(Graph graph) {
            this.graph = graph;
        }

        void write(String pixels, String prepared) {
            String planes = emit("Transpose", Map.of("perm", new long[] {0, 3, 1, 2}), pixels);
            var policy = preprocessing.resize();
            String sized;
            if (policy instanceof ResizePolicy.ShortestSideCrop crop) {
                sized = shortestSideCrop(planes, crop);
            } else if (policy instanceof ResizePolicy.Letterbox box) {
                sized = letterbox(planes, box);
            } else {
                sized = resize(planes, target());
            }
            var size = policy.size();
            String shape = constant(Constant.row(-1, preprocessing.channels(), size.height(), size.width()));
            normalise(emit("Reshape", Map.of(), sized, shape), prepared);
        }

        private String shortestSideCrop(String planes, ResizePolicy.ShortestSideCrop crop) {
            String height = lengths(planes, 2, 3);
            String width = lengths(planes, 3, 4);
            String side = constant(Constant.row(crop.resize()));
            String longest = emit("Mul", Map.of(), side, emit("Max", Map.of(), height, width));
            String other = emit("Div", Map.of(), longest, emit("Min", Map.of(), height, width));
            String isTall = emit("LessOrEqual", Map.of(), width, height);
            String full =
                    row(emit("Where", Map.of(), isTall, other, side), emit("Where", Map.of(), isTall, side, other));
            String resized = resize(planes, full);
            String surplus = emit("Sub", Map.of(), full, target());
            if (Math.max(crop.size().height(), crop.size().width()) > crop.resize()) {
                String missing = atLeast(0, emit("Neg", Map.of(), surplus));
                resized = pad(resized, missing, 0);
                surplus = atLeast(0, surplus);
            }
            // Half of what is too much, rounded to even.
            String half = emit("Div", Map.of(), surplus, number(2));
            String odd = emit("Mod", Map.of(), surplus, number(2));
            String from =
                    emit("Add", Map.of(), half, emit("Mul", Map.of(), odd, emit("Mod", Map.of(), half, number(2))));
            String to = emit("Add", Map.of(), from, target());
            return emit("Slice", Map.of(), resized, from, to, constant(Constant.row(2, 3)));
        }

        private String letterbox(String planes, ResizePolicy.Letterbox box) {
            Map<String, Object> toDouble = Map.of("to", (long) OnnxFile.code(DType.FLOAT64));
            String from = emit("Cast", toDouble, lengths(planes, 2, 4));
            String scales = emit("Div", Map.of(), emit("Cast", toDouble, target()), from);
            String scale = emit("ReduceMin", Map.of("keepdims", 1L), scales, constant(Constant.row(0)));
            String half = constant(Constant.row(DType.FLOAT64, 0.5));
            String rounded = emit("Floor", Map.of(), emit("Add", Map.of(), emit("Mul", Map.of(), from, scale), half));
            String whole = emit("Cast", Map.of("to", (long) OnnxFile.code(DType.INT64)), rounded);
            String inner = emit("Min", Map.of(), atLeast(1, whole), target());
            return pad(resize(planes, inner), emit("Sub", Map.of(), target(), inner), box.fill());
        }

        /** Half of the missing pixels, rounded down, before the picture, the others behind. */
        private String pad(String planes, String missing, int fill) {
            String before = emit("Div", Map.of(), missing, number(2));
            String after = emit("Sub", Map.of(), missing, before);
            String none = constant(Constant.row(0, 0));
            return emit(
                    "Pad",
                    Map.of("mode", "constant"),
                    planes,
                    row(none, before, none, after),
                    constant(Constant.scalar(fill, DType.UINT8)));
        }

        private String resize(String planes, String size) {
            String all = row(lengths(planes, 0, 2), size);
            boolean cubic = preprocessing.resize().interpolation() == Interpolation.BICUBIC;
            Map<String, Object> attributes = antialiased(cubic ? "cubic" : "linear");
            return emit("Resize", attributes, planes, "", "", all);
        }

        private Map<String, Object> antialiased(String mode) {
            return Map.of(
                    "mode",
                    mode,
                    "coordinate_transformation_mode",
                    "half_pixel",
                    "antialias",
                    1L,
                    "exclude_outside",
                    1L,
                    "cubic_coeff_a",
                    -0.5);
        }

        /** (x / 255 - mean) / std, in this order, so that every number is that of {@link Normalize}. */
        private void normalise(String pixels, String prepared) {
            var normalize = preprocessing.normalize();
            String floats = emit("Cast", Map.of("to", (long) OnnxFile.code(DType.FLOAT32)), pixels);
            String unit = emit("Div", Map.of(), floats, constant(Constant.of(new float[] {255}, 1)));
            String centred = emit("Sub", Map.of(), unit, channels(normalize.mean()));
            nodes.add(GraphNode.of(
                    "Div", List.of(centred, channels(normalize.std())), List.of(prepared), Map.of(), "preprocessing"));
        }

        private String channels(List<Float> values) {
            var row = new float[values.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = values.get(i);
            }
            return constant(Constant.of(row, row.length, 1, 1));
        }

        private String lengths(String value, long start, long end) {
            return emit("Shape", Map.of("start", start, "end", end), value);
        }

        private String target() {
            var size = preprocessing.size();
            return constant(Constant.row(size.height(), size.width()));
        }

        private String number(long n) {
            return constant(Constant.row(n));
        }

        private String atLeast(long least, String row) {
            return emit("Max", Map.of(), row, number(least));
        }

        private String row(String... parts) {
            return emit("Concat", Map.of("axis", 0L), parts);
        }

        private String constant(Constant constant) {
            return graph.add("preprocessing/constant", constant);
        }

        private String emit(String op, Map<String, Object> attributes, String... inputs) {
            String output = graph.freshName("preprocessing/" + op);
            nodes.add(GraphNode.of(op, List.of(inputs), List.of(output), attributes, "preprocessing"));
            return output;
        }
    }
}
