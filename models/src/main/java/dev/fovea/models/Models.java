package dev.fovea.models;

import dev.fovea.models.classify.AlexNet;
import dev.fovea.models.classify.CapsNet;
import dev.fovea.models.classify.CifarResNet;
import dev.fovea.models.classify.ConvNeXt;
import dev.fovea.models.classify.Darknet;
import dev.fovea.models.classify.DenseNet;
import dev.fovea.models.classify.EfficientNet;
import dev.fovea.models.classify.GoogLeNet;
import dev.fovea.models.classify.InceptionV3;
import dev.fovea.models.classify.LeNet;
import dev.fovea.models.classify.MaxVit;
import dev.fovea.models.classify.Mlp;
import dev.fovea.models.classify.MnasNet;
import dev.fovea.models.classify.MobileNetV2;
import dev.fovea.models.classify.MobileNetV3;
import dev.fovea.models.classify.NfNet;
import dev.fovea.models.classify.P4Cnn;
import dev.fovea.models.classify.RegNet;
import dev.fovea.models.classify.ResNet;
import dev.fovea.models.classify.SeResNet;
import dev.fovea.models.classify.ShuffleNetV2;
import dev.fovea.models.classify.SimpleCnn;
import dev.fovea.models.classify.SqueezeNet;
import dev.fovea.models.classify.SwinTransformer;
import dev.fovea.models.classify.TfEfficientNet;
import dev.fovea.models.classify.Vgg;
import dev.fovea.models.classify.VisionTransformer;
import dev.fovea.models.detect.DeformableDetr;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Detr;
import dev.fovea.models.detect.FastRcnn;
import dev.fovea.models.detect.FasterRcnn;
import dev.fovea.models.detect.Fcos;
import dev.fovea.models.detect.Localizer;
import dev.fovea.models.detect.RegionCnn;
import dev.fovea.models.detect.RetinaNet;
import dev.fovea.models.detect.RtDetr;
import dev.fovea.models.detect.Ssd;
import dev.fovea.models.detect.SsdLite;
import dev.fovea.models.detect.YoloV1;
import dev.fovea.models.detect.YoloV3;
import dev.fovea.models.detect.Yolox;
import dev.fovea.nn.Module;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The registry: every network by name. A new architecture is one file in its task's package and one line here. */
public final class Models {
    private static final Map<String, Architecture<Backbone>> CLASSIFY = byName(List.of(
            Mlp.architectures(),
            LeNet.architectures(),
            SimpleCnn.architectures(),
            AlexNet.architectures(),
            Vgg.architectures(),
            GoogLeNet.architectures(),
            InceptionV3.architectures(),
            ResNet.architectures(),
            CifarResNet.architectures(),
            SeResNet.architectures(),
            Darknet.architectures(),
            DenseNet.architectures(),
            MobileNetV2.architectures(),
            MobileNetV3.architectures(),
            SqueezeNet.architectures(),
            ShuffleNetV2.architectures(),
            MnasNet.architectures(),
            EfficientNet.architectures(),
            TfEfficientNet.architectures(),
            RegNet.architectures(),
            ConvNeXt.architectures(),
            VisionTransformer.architectures(),
            SwinTransformer.architectures(),
            MaxVit.architectures(),
            NfNet.architectures(),
            CapsNet.architectures(),
            P4Cnn.architectures()));

    private static final Map<String, Architecture<Detector<?>>> DETECT = byName(List.of(
            FasterRcnn.architectures(),
            RetinaNet.architectures(),
            Fcos.architectures(),
            Ssd.architectures(),
            SsdLite.architectures(),
            Localizer.architectures(),
            RegionCnn.architectures(),
            FastRcnn.architectures(),
            YoloV1.architectures(),
            YoloV3.architectures(),
            Yolox.architectures(),
            Detr.architectures(),
            DeformableDetr.architectures(),
            RtDetr.architectures()));

    private Models() {}

    private static <N extends Module> Map<String, Architecture<N>> byName(List<List<Architecture<N>>> families) {
        var map = new LinkedHashMap<String, Architecture<N>>();
        families.stream().flatMap(List::stream).forEach(a -> {
            if (map.put(a.name(), a) != null) {
                throw new IllegalStateException("two networks are called '" + a.name() + "'");
            }
        });
        return Collections.unmodifiableMap(map);
    }

    /** All networks that classify, in the order of the registry. */
    public static Collection<Architecture<Backbone>> classifiers() {
        return CLASSIFY.values();
    }

    /** The classifier of that name, if there is one. */
    public static Optional<Architecture<Backbone>> find(String name) {
        return Optional.ofNullable(CLASSIFY.get(name));
    }

    /** The classifier of that name; a wrong name is answered with the nearest ones. */
    public static Architecture<Backbone> get(String name) {
        return get(CLASSIFY, name);
    }

    private static <N extends Module> Architecture<N> get(Map<String, Architecture<N>> registry, String name) {
        var found = registry.get(name);
        if (found == null) {
            String near = Names.didYouMean(name, registry.keySet());
            throw new IllegalArgumentException("there is no model '" + name + "'"
                    + (near.isEmpty() ? "; the models are " + String.join(", ", registry.keySet()) : near));
        }
        return found;
    }

    /** Builds a classifier; options not given have their standard values. */
    public static Backbone classify(String name, Map<String, Object> options) {
        return build(new ModelSpec(name, options));
    }

    /** Builds the network that a specification names, freshly initialised, in training mode, on the CPU. */
    public static Backbone build(ModelSpec spec) {
        return get(spec.name()).build(spec);
    }

    /** All networks of all tasks, in the order of the registry. */
    public static List<Architecture<?>> all() {
        return Stream.<Architecture<?>>concat(CLASSIFY.values().stream(), DETECT.values().stream())
                .toList();
    }

    /** The network of that name, whatever its task; a wrong name is answered with the nearest ones. */
    public static Architecture<?> any(String name) {
        if (DETECT.containsKey(name)) {
            return DETECT.get(name);
        }
        if (CLASSIFY.containsKey(name)) {
            return CLASSIFY.get(name);
        }
        var names = all().stream().map(Architecture::name).toList();
        String near = Names.didYouMean(name, names);
        throw new IllegalArgumentException(
                "there is no model '" + name + "'" + (near.isEmpty() ? "; 'fovea models' lists them" : near));
    }

    /** What a network of the registry is for, in the words of the commands: {@code classify} or {@code detect}. */
    public static String task(Architecture<?> architecture) {
        return DETECT.containsKey(architecture.name()) ? "detect" : "classify";
    }

    /** All networks that find objects, in the order of the registry. */
    public static Collection<Architecture<Detector<?>>> detectors() {
        return DETECT.values();
    }

    /** The detector of that name, if there is one. */
    public static Optional<Architecture<Detector<?>>> findDetector(String name) {
        return Optional.ofNullable(DETECT.get(name));
    }

    /** The detector of that name; a wrong name is answered with the nearest ones. */
    public static Architecture<Detector<?>> detector(String name) {
        return get(DETECT, name);
    }

    /** Builds a detector; options not given have their standard values. */
    public static Detector<?> detect(String name, Map<String, Object> options) {
        return buildDetector(new ModelSpec(name, options));
    }

    /** Builds the detector that a specification names, freshly initialised, in training mode, on the CPU. */
    public static Detector<?> buildDetector(ModelSpec spec) {
        return detector(spec.name()).build(spec);
    }
}
