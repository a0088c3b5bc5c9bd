package dev.fovea.train.classify;

import dev.fovea.data.SplitDatasets;
import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.Reconstructing;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe in which nothing is left open: what it did not say was chosen from the data and the model.
 *
 * @param recipe the recipe with all choices in it; written into the run
 * @param spec the network
 * @param preprocessing what the network expects of a picture
 */
record ClassifyPlan(ClassifyRecipe recipe, ModelSpec spec, Preprocessing preprocessing) {
    private static final int SMALL_SIDE = 64;

    private static final Map<String, Double> STANDARD_LR =
            Map.of("adamw", 0.003, "adam", 0.003, "sgd", 0.05, "rmsprop", 0.001);

    /** Of each pixel's squared error, Sabour et al. 2017, section 4.1. */
    private static final double RECONSTRUCTION = 0.0005;

    /** The student's noise, Xie et al. 2020, section 3.1. */
    private static final double STUDENT_DROPOUT = 0.5;

    private static final double STUDENT_STOCHASTIC_DEPTH = 0.2;

    /**
     * Chooses what the recipe leaves open.
     *
     * @param unlabelled how many pictures there are beside those of {@code data}
     */
    static ClassifyPlan of(ClassifyRecipe recipe, SplitDatasets data, int unlabelled) throws IOException {
        var look = ClassifyData.look(data.train());
        var d = recipe.data();
        boolean pretrained = recipe.model().weights() != null;
        Size size = d.resize() != null
                ? ResizePolicy.parse(d.resize()).size()
                : d.size() != null
                        ? Size.square(d.size())
                        : pretrained ? defaultSize(recipe) : look.size().orElseGet(() -> defaultSize(recipe));
        boolean small = Math.max(size.width(), size.height()) <= SMALL_SIDE;
        var model = model(recipe, small);
        boolean noise = recipe.student().isOn() && recipe.student().noise();
        if (noise) {
            model = noisy(model);
        }
        int channels = d.channels() != null
                ? d.channels()
                : ((Number) model.options().getOrDefault("in_channels", look.grey() && !pretrained ? 1 : 3)).intValue();
        var resize = d.resize() != null ? ResizePolicy.parse(d.resize()) : policy(size, look.size());
        var normalize = normalize(d, channels, pretrained, resize, data);
        var spec = spec(model, size, channels, data.classes().size());
        int pictures = data.train().size() + unlabelled;
        var resolved = new ClassifyRecipe(
                recipe.task(),
                resolve(d, size, resize, channels, normalize, small, noise),
                model,
                recipe.optimizer().resolved(STANDARD_LR, pretrained ? 0.01 : 1),
                recipe.schedule().resolved(),
                recipe.loss(),
                recipe.distillation(),
                recipe.student(),
                recipe.run().resolved(standardBatch(small, pictures), pictures));
        return new ClassifyPlan(resolved, spec, new Preprocessing(resize, normalize));
    }

    private static Size defaultSize(ClassifyRecipe recipe) {
        String name = recipe.model().name();
        return Size.square(name == null ? 224 : Models.get(name).imageSize());
    }

    private static ResizePolicy policy(Size size, Optional<Size> common) {
        // Small pictures of one size are taken as they are; photographs are cropped, as the reference does it.
        if (common.isPresent() || size.width() != size.height()) {
            return new ResizePolicy.Stretch(size, Interpolation.BILINEAR);
        }
        return ResizePolicy.evaluation(size.width());
    }

    private static ClassifyRecipe.Model model(ClassifyRecipe recipe, boolean small) {
        var m = recipe.model();
        String name = m.name() != null
                ? m.name()
                : m.arch() != null ? "simple_cnn" : small ? "resnet20_cifar" : "mobilenet_v3_small";
        var options = new LinkedHashMap<>(m.options());
        if (m.arch() != null) {
            options.put("arch", m.arch());
        }
        return new ClassifyRecipe.Model(name, options, m.arch(), m.weights(), m.freeze(), m.unfreezeAt());
    }

    /** The publication's dropout and stochastic depth, as far as the network has them and nothing is said of them. */
    private static ClassifyRecipe.Model noisy(ClassifyRecipe.Model model) {
        var options = new LinkedHashMap<>(model.options());
        Map.of("dropout", STUDENT_DROPOUT, "stochastic_depth_prob", STUDENT_STOCHASTIC_DEPTH)
                .forEach((name, value) -> {
                    if (has(Models.get(model.name()), name)) {
                        options.putIfAbsent(name, value);
                    }
                });
        return new ClassifyRecipe.Model(
                model.name(), options, model.arch(), model.weights(), model.freeze(), model.unfreezeAt());
    }

    /** This plan with what depends on what its network can do. */
    ClassifyPlan withLossFor(Backbone network) {
        var l = recipe.loss();
        boolean draws = network instanceof Reconstructing;
        if (!draws && l.reconstruction() != null && l.reconstruction() > 0) {
            throw new IllegalArgumentException("loss.reconstruction cannot be " + l.reconstruction() + ": "
                    + spec.name() + " draws nothing; leave it out, or use a network that does, such as capsnet");
        }
        // The margin loss knows no smoothing; who asks for that means cross-entropy.
        boolean margin = draws && l.labelSmoothing() == 0 && l.focal() == 0;
        String name = l.name() != null ? l.name() : margin ? "margin" : "cross-entropy";
        if (name.equals("margin") && recipe.data().balance() == ClassifyRecipe.Balance.WEIGHTS) {
            throw new IllegalArgumentException(
                    "data.balance weights does not go with the margin loss; use sampler, or loss.name cross-entropy");
        }
        double reconstruction = l.reconstruction() != null ? l.reconstruction() : draws ? RECONSTRUCTION : 0;
        var loss = new ClassifyRecipe.Loss(name, l.labelSmoothing(), l.focal(), reconstruction);
        return new ClassifyPlan(recipe.withLoss(loss), spec, preprocessing);
    }

    private static ModelSpec spec(ClassifyRecipe.Model model, Size size, int channels, int classes) {
        Architecture<Backbone> architecture = Models.get(model.name());
        var options = new LinkedHashMap<>(model.options());
        options.put("classes", classes);
        if (channels != 3 || has(architecture, "in_channels")) {
            options.put("in_channels", channels);
        }
        if (has(architecture, "image_size")) {
            options.putIfAbsent("image_size", size.height());
            if (size.height() != size.width()) {
                options.putIfAbsent("image_width", size.width());
            }
        }
        return new ModelSpec(model.name(), options);
    }

    private static boolean has(Architecture<Backbone> architecture, String option) {
        return architecture.options().stream().anyMatch(o -> o.name().equals(option));
    }

    private static Normalize normalize(
            ClassifyRecipe.Data d, int channels, boolean pretrained, ResizePolicy resize, SplitDatasets data)
            throws IOException {
        if (d.mean() != null || d.std() != null) {
            if (d.mean() == null
                    || d.std() == null
                    || d.mean().size() != channels
                    || d.std().size() != channels) {
                throw new IllegalArgumentException("data.mean and data.std need " + channels
                        + " values each (one a channel), got " + d.mean() + " and " + d.std());
            }
            return new Normalize(floats(d.mean()), floats(d.std()));
        }
        if (pretrained && channels == 3) {
            return Normalize.IMAGENET;
        }
        return DataStatistics.normalize(data.train(), channels, resize);
    }

    private static List<Float> floats(List<Double> values) {
        return values.stream().map(Double::floatValue).toList();
    }

    private static List<Double> doubles(List<Float> values) {
        return values.stream().map(v -> Double.parseDouble(v.toString())).toList();
    }

    private static ClassifyRecipe.Data resolve(
            ClassifyRecipe.Data d,
            Size size,
            ResizePolicy resize,
            int channels,
            Normalize normalize,
            boolean small,
            boolean noise) {
        String augment = !d.augment().equals("auto")
                ? d.augment()
                : !small
                        ? noise ? "strong" : "standard"
                        : (channels == 1
                                        ? "digits"
                                        : "flip|crop(" + size.width() + "," + Math.max(1, size.width() / 8) + ")")
                                + (noise ? "|randaugment(2,9)" : "");
        return new ClassifyRecipe.Data(
                d.path(),
                size.height() == size.width() ? Integer.valueOf(size.width()) : d.size(),
                resize.toString(),
                channels,
                doubles(normalize.mean()),
                doubles(normalize.std()),
                augment,
                d.mixup(),
                d.cutmix(),
                d.balance(),
                d.cache(),
                d.workers() != null
                        ? d.workers()
                        : Integer.valueOf(Runtime.getRuntime().availableProcessors()),
                d.strict(),
                d.limit());
    }

    private static int standardBatch(boolean small, int pictures) {
        if (small) {
            return pictures >= 3000 ? 64 : 32;
        }
        return pictures >= 2000 ? 32 : 16;
    }
}
