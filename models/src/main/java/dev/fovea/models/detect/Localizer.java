package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.Trunk;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Localises one object in each picture, or says that there is none: a classifier's coarsest map, averaged to a few cells, a fully
 * connected layer, and from it a class and a box (the regression of "OverFeat", Sermanet et al. 2013, arXiv 1312.6229, on one scale).
 * Pictures {@code [N, 3, H, W]} to {@link OneObjectOutput}; names are our own.
 */
public final class Localizer extends Detector<OneObjectOutput> {
    private static final int STRIDE = 32;

    private final ModelOptions options;
    private final Trunk trunk;
    private final Sequential hidden;
    private final Linear box;
    private Linear classes;

    private Localizer(ModelOptions options) {
        super(options);
        this.options = options;
        trunk = Trunk.atStrides(
                Trunk.classifier(options),
                List.of(STRIDE),
                Trunk.normalisation(false, options.number("norm_eps"), 0.1));
        child("backbone", trunk.body());
        int cells = options.integer("cells");
        int units = options.integer("hidden");
        hidden = child(
                "hidden",
                Sequential.of(Flatten.of(), Linear.of(trunk.channels().get(0) * cells * cells, units), ReLU.of()));
        box = child("box", Linear.of(units, 4));
        classes = child("classes", Linear.of(units, 1 + options.classes()));
    }

    @Override
    protected OneObjectOutput forward(Pictures pictures) {
        int cells = options.integer("cells");
        var map = trunk.maps().of(pictures.pixels()).get(0);
        var shared = hidden.call(map.adaptiveAvgPool2d(cells, cells));
        return new OneObjectOutput(classes.call(shared), box.call(shared).sigmoid());
    }

    @Override
    public Preparation preparation() {
        return Preparing.stretched(options, Size.square(options.integer("image_size")));
    }

    @Override
    public Criterion<OneObjectOutput> criterion() {
        return new OneObjectCriterion(options.text("box_loss").equals("giou"), options.number("box_weight"));
    }

    @Override
    public Decoder<OneObjectOutput> decoder() {
        return new OneObjectDecoder();
    }

    @Override
    public Selection selection() {
        return new Selection(options.number("score_thresh"), 1, Integer.MAX_VALUE, 1);
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(trunk.origin());
    }

    @Override
    protected void setHead(int newClasses) {
        classes = replaceChild(
                "classes", Linear.of(options.integer("hidden"), 1 + newClasses).build());
    }

    public static List<Architecture<Detector<?>>> architectures() {
        var all = new ArrayList<Option>();
        all.add(Option.classes(20));
        all.add(Option.text("backbone", "resnet18", "the classifier it builds on"));
        all.add(Option.number("norm_eps", 1e-5, 0, "added to variances in the backbone"));
        all.add(Option.integer("cells", 4, 1, "cells from side to side that the coarsest map is averaged to"));
        all.add(Option.integer("hidden", 256, 1, "units of the layer before the last"));
        all.add(Option.integer("image_size", 224, STRIDE, "width and height that pictures are stretched to"));
        all.addAll(Preparing.channelOptions());
        all.add(Option.choice("box_loss", List.of("giou", "smooth_l1"), "how boxes are compared"));
        all.add(Option.number("box_weight", 2, 0, "weight of the loss of boxes"));
        all.add(Option.number("score_thresh", 0.005, 0, "a box at or below this score is dropped"));
        return List.of(new Architecture<>(
                "localizer",
                all,
                13_280_345,
                224,
                "own names",
                "Sermanet et al. 2013, arXiv 1312.6229",
                Localizer::new));
    }

    /** {@code localizer} for so many classes. */
    public static Localizer localizer(int classes) {
        return (Localizer) Models.detect("localizer", Map.of("classes", classes));
    }
}
