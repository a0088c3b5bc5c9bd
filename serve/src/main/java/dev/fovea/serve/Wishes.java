package dev.fovea.serve;

import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.Detector;
import dev.fovea.runtime.Network;
import dev.fovea.vision.Classification;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Prediction;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * What a caller wants to know of a picture: {@code ?top=}, and of networks that find objects {@code ?threshold=} and {@code ?iou=}.
 *
 * @param top how many classes or objects at most
 * @param threshold only objects with a higher score
 * @param iou from which overlap on two boxes of a class are one object
 */
record Wishes(OptionalInt top, OptionalDouble threshold, OptionalDouble iou) {
    private static final int USUAL_CLASSES = 5;

    static Wishes of(Context ctx) {
        String top = ctx.queryParam("top");
        if (top != null && !top.matches("[1-9]\\d{0,5}")) {
            throw Problem.badRequest("top must be a number from 1 on, got '" + Problem.shown(top) + "'");
        }
        return new Wishes(
                top == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(top)),
                share(ctx, "threshold"),
                share(ctx, "iou"));
    }

    private static OptionalDouble share(Context ctx, String name) {
        String text = ctx.queryParam(name);
        if (text == null) {
            return OptionalDouble.empty();
        }
        if (!text.matches("0|1|[01]?\\.\\d{1,9}") || Double.parseDouble(text) > 1) {
            throw Problem.badRequest(name + " must be a number from 0 to 1, got '" + Problem.shown(text) + "'");
        }
        return OptionalDouble.of(Double.parseDouble(text));
    }

    /** Begins to look at an image. */
    CompletableFuture<? extends Prediction> submit(Network network, Image image) {
        if (network instanceof Detector detector) {
            var selection = detector.selection();
            selection = selection.withLeastScore(threshold.orElse(selection.leastScore()));
            return detector.submit(image, iou.isPresent() ? selection.withIou(iou.getAsDouble()) : selection);
        }
        if (threshold.isPresent() || iou.isPresent()) {
            throw Problem.badRequest(
                    "threshold and iou are for networks that find objects; this one names whole pictures");
        }
        return ((Classifier) network).submit(image);
    }

    /** Adds to an answer what was found. */
    void put(Prediction prediction, Map<String, Object> answer) {
        if (prediction instanceof Classification classes) {
            answer.put("classes", classes(classes.top(top.orElse(USUAL_CLASSES))));
        } else {
            var found = (Detections) prediction;
            answer.put("objects", objects(found.top(top.orElse(found.size()))));
        }
    }

    private static List<Map<String, Object>> classes(List<Classification.Score> scores) {
        var classes = new ArrayList<Map<String, Object>>();
        for (var s : scores) {
            var entry = new LinkedHashMap<String, Object>();
            entry.put("class", s.label().name());
            entry.put("index", s.label().index());
            entry.put("score", s.score());
            classes.add(entry);
        }
        return classes;
    }

    private static List<Map<String, Object>> objects(Detections found) {
        var objects = new ArrayList<Map<String, Object>>();
        for (var object : found.items()) {
            var box = object.box();
            var entry = new LinkedHashMap<String, Object>();
            entry.put("class", object.label().name());
            entry.put("index", object.label().index());
            entry.put("score", object.score());
            entry.put("box", List.of(box.x1(), box.y1(), box.x2(), box.y2()));
            objects.add(entry);
        }
        return objects;
    }
}
