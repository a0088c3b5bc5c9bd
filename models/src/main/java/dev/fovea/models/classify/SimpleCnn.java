package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.BatchNorm1d;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.GELU;
import dev.fovea.nn.layer.LeakyReLU;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.SiLU;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.nn.layer.Tanh;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The textbook's convolutional network: [convolution, ReLU, pooling] several times, then fully connected layers. Pictures
 * {@code [N, C, H, W]} of one size (of any size after {@code gap}) to logits {@code [N, classes]}. Our own names: {@code features.N},
 * {@code classifier.N}.
 *
 * <p>The option {@code arch} is its description, tokens separated by {@code -} or {@code ,}:
 *
 * <pre>
 * conv16k3s1p1   convolution to 16 maps, kernel 3 (standard 3), stride 1 (1), padding 1 (k/2); ReLU follows
 * bn             batch normalisation of the convolution or fully connected layer before it, ahead of its ReLU
 * pool2s2        maximum pooling, window 2 (2), stride 2 (the window); avgpool2s2: average
 * gap            average over the whole map
 * dropout0.5     dropout (0.5)
 * fc64           fully connected layer of 64 units; ReLU follows
 * relu, leaky, gelu, silu, tanh, sigmoid   takes the place of the ReLU of the layer before it
 * </pre>
 *
 * The last layer, with one unit per class, comes by itself.
 */
public final class SimpleCnn extends SequentialBackbone {
    private static final Pattern CONV =
            Pattern.compile("conv(\\d{1,5})(?:k(\\d{1,2}))?(?:s(\\d{1,2}))?(?:p(\\d{1,2}))?");
    private static final Pattern POOL = Pattern.compile("(pool|avgpool)(\\d{1,2})?(?:s(\\d{1,2}))?");
    private static final Pattern FULL = Pattern.compile("fc(\\d{1,6})");
    private static final Pattern DROPOUT = Pattern.compile("dropout(0?\\.\\d{1,6}|0)?");
    private static final Map<String, LayerSpec<? extends Layer>> ACTIVATIONS = Map.of(
            "relu", ReLU.of(),
            "leaky", LeakyReLU.of(0.01),
            "gelu", GELU.of(),
            "silu", SiLU.of(),
            "tanh", Tanh.of(),
            "sigmoid", Sigmoid.of());

    /** Reads the description token by token and keeps track of the size of the maps. */
    private static final class Reader {
        private final String name;
        private final String arch;
        private final List<Step> features = new ArrayList<>();
        private final List<LayerSpec<? extends Layer>> classifier = new ArrayList<>();
        private int channels;
        private int height;
        private int width;
        private boolean anySize;

        /** Units of the last fully connected layer; 0 before the first one. */
        private int units;

        /** Whether the next token may still normalise or activate the layer just added. */
        private boolean open;

        Reader(ModelOptions options) {
            name = options.spec().name();
            arch = options.text("arch");
            channels = options.inChannels();
            var size = ImageSize.of(options);
            height = size.height();
            width = size.width();
            for (String token : arch.split("[-,]", -1)) {
                read(token.strip());
            }
            activate(ReLU.of());
            if (units == 0) {
                startClassifier();
            }
        }

        private void read(String token) {
            var conv = CONV.matcher(token);
            var pool = POOL.matcher(token);
            var full = FULL.matcher(token);
            var dropout = DROPOUT.matcher(token);
            if (token.equals("bn")) {
                normalise();
            } else if (ACTIVATIONS.containsKey(token)) {
                if (!open) {
                    throw wrong(token, "an activation follows 'conv…', 'fc…' or their 'bn'");
                }
                activate(ACTIVATIONS.get(token));
            } else {
                activate(ReLU.of());
                if (conv.matches()) {
                    convolve(token, conv);
                } else if (pool.matches()) {
                    pool(token, pool);
                } else if (token.equals("gap")) {
                    maps(token, AdaptiveAvgPool2d.of(1), channels, height, 1, 1);
                    anySize = true;
                } else if (full.matches()) {
                    connect(token, Integer.parseInt(full.group(1)));
                } else if (dropout.matches()) {
                    drop(dropout.group(1) == null ? 0.5 : Double.parseDouble(dropout.group(1)));
                } else {
                    throw wrong(
                            token,
                            "known are conv16k3s1p1, bn, pool2s2, avgpool2s2, gap, dropout0.5, fc64, "
                                    + String.join(", ", new java.util.TreeSet<>(ACTIVATIONS.keySet())));
                }
            }
        }

        private void convolve(String token, Matcher m) {
            int out = Integer.parseInt(m.group(1));
            int kernel = number(m, 2, 3);
            int stride = number(m, 3, 1);
            int padding = number(m, 4, kernel / 2);
            if (out == 0 || kernel == 0 || stride == 0) {
                throw wrong(token, "maps, kernel and stride are at least 1");
            }
            int newHeight = after(height, kernel, stride, padding);
            int newWidth = after(width, kernel, stride, padding);
            maps(
                    token,
                    Conv2d.of(channels, out, kernel).stride(stride).padding(padding),
                    out,
                    stride,
                    newHeight,
                    newWidth);
            open = true;
        }

        private void pool(String token, Matcher m) {
            int kernel = number(m, 2, 2);
            int stride = number(m, 3, kernel);
            if (kernel == 0 || stride == 0) {
                throw wrong(token, "window and stride are at least 1");
            }
            LayerSpec<? extends Layer> layer = m.group(1).equals("pool")
                    ? MaxPool2d.of(kernel).stride(stride)
                    : AvgPool2d.of(kernel).stride(stride);
            maps(token, layer, channels, stride, after(height, kernel, stride, 0), after(width, kernel, stride, 0));
        }

        private void maps(
                String token, LayerSpec<? extends Layer> layer, int out, int stride, int newHeight, int newWidth) {
            if (units > 0) {
                throw wrong(token, "it works on maps, but after 'fc…' there are none");
            }
            if (newHeight < 1 || newWidth < 1) {
                throw wrong(
                        token,
                        "its window is larger than the map of " + height + "x" + width
                                + " that is left; use fewer poolings or larger pictures");
            }
            features.add(new Step(layer, out, stride));
            channels = out;
            height = newHeight;
            width = newWidth;
        }

        private void startClassifier() {
            units = Math.multiplyExact(Math.multiplyExact(channels, height), width);
        }

        private void connect(String token, int out) {
            if (out == 0) {
                throw wrong(token, "a layer has at least 1 unit");
            }
            if (units == 0) {
                startClassifier();
            }
            classifier.add(Linear.of(units, out));
            units = out;
            open = true;
        }

        private void normalise() {
            if (!open) {
                throw wrong("bn", "it follows 'conv…' or 'fc…'");
            }
            if (units == 0) {
                features.add(new Step(BatchNorm2d.of(channels), channels, 1));
            } else {
                classifier.add(BatchNorm1d.of(units));
            }
        }

        private void activate(LayerSpec<? extends Layer> activation) {
            if (open) {
                add(activation);
                open = false;
            }
        }

        private void drop(double probability) {
            add(Dropout.of(probability));
        }

        private void add(LayerSpec<? extends Layer> layer) {
            if (units == 0) {
                features.add(new Step(layer, channels, 1));
            } else {
                classifier.add(layer);
            }
        }

        private static int number(Matcher m, int group, int standard) {
            return m.group(group) == null ? standard : Integer.parseInt(m.group(group));
        }

        private static int after(int side, int kernel, int stride, int padding) {
            int room = side + 2 * padding - kernel;
            return room < 0 ? 0 : room / stride + 1;
        }

        private IllegalArgumentException wrong(String token, String reason) {
            return new IllegalArgumentException(name + ": in arch \"" + arch + "\", token '" + token + "': " + reason);
        }
    }

    private final ImageSize size;
    private final boolean anySize;
    private final int width;
    private final Sequential classifier;

    private SimpleCnn(ModelOptions options) {
        this(options, new Reader(options));
    }

    private SimpleCnn(ModelOptions options, Reader reader) {
        super(options, 1);
        size = ImageSize.of(options);
        anySize = reader.anySize;
        width = reader.units;
        addFeatures(reader.features);
        var layers = new ArrayList<>(reader.classifier);
        layers.add(Linear.of(width, options.classes()));
        classifier = child("classifier", Sequential.of(layers));
    }

    @Override
    protected String expectation(Tensor image) {
        return anySize ? null : size.expectation(image);
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(features().call(image).flatten(1, -1), butLast(classifier));
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classifier.call(features().call(image).flatten(1, -1));
    }

    @Override
    public int embeddingSize() {
        return width;
    }

    @Override
    public Layer head() {
        return classifier.stages().get(classifier.stages().size() - 1);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace(String.valueOf(classifier.stages().size() - 1), Linear.of(width, newClasses));
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        int last = classifier.stages().size() - 1;
        for (int i = 0; i < last; i++) {
            if (!classifier.stages().get(i).states().isEmpty()) {
                stages.put("classifier" + i, List.of("classifier." + i));
            }
        }
        stages.put("head", List.of("classifier." + last));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        var options = Stream.concat(
                        Stream.of(
                                Option.classes(10),
                                Option.inChannels(3),
                                Option.text(
                                        "arch",
                                        "conv16-pool,conv32-pool,conv64-pool,fc128",
                                        "the layers, for example conv16k3-pool,fc64")),
                        ImageSize.options(32).stream())
                .toList();
        return List.of(new Architecture<Backbone>(
                "simple_cnn", options, 156_074, 32, "Fovea", "LeCun et al. 1998", SimpleCnn::new));
    }

    /** The network that a line of text describes, for square pictures of {@code imageSize} pixels. */
    public static SimpleCnn of(String arch, int classes, int inChannels, int imageSize) {
        return (SimpleCnn) Models.classify(
                "simple_cnn",
                Map.of("arch", arch, "classes", classes, "in_channels", inChannels, "image_size", imageSize));
    }
}
