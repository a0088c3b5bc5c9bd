package dev.fovea.data.inspect;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.inspect.Examination.Part;
import dev.fovea.data.inspect.Inspection.DuplicateGroup;
import dev.fovea.data.inspect.Inspection.Gallery;
import dev.fovea.data.inspect.Inspection.Member;
import dev.fovea.data.inspect.Inspection.PartCounts;
import dev.fovea.data.inspect.Inspection.Pixels;
import dev.fovea.data.inspect.Inspection.SizeCount;
import dev.fovea.data.inspect.Inspection.Sizes;
import dev.fovea.data.load.Loader;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import dev.fovea.vision.statistics.PrincipalComponents;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Resample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Makes an {@link Inspection}: one pass over the pictures, then conclusions. */
final class Inspector {
    private static final int GALLERY = 8;
    private static final int MOST_GALLERIES = 200;
    private static final int GROUPS_WITH_THUMBNAILS = 24;
    private static final int THUMBNAILS_OF_GROUP = 6;
    private static final int THUMBNAIL_HEIGHT = 112;
    private static final int THUMBNAIL_WIDTH = 224;

    private final SplitDatasets data;
    private final Examination all;

    Inspector(SplitDatasets data) {
        this.data = data;
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put("train", data.train());
        parts.put("validation", data.validation());
        data.test().ifPresent(test -> parts.put("test", test));
        all = new Examination(parts);
    }

    Inspection inspect() {
        var loader = Loader.of(all, (picture, random) -> picture, List::size);
        try (var batches = loader.epoch(0, 0)) {
            batches.forEachRemaining(n -> {});
        }
        var corrupt = loader.skipped();
        var parts = all.parts().stream().map(this::counts).toList();
        var imbalance = Findings.imbalance(parts.get(0), data.classes());
        var sizes = sizes();
        var pixels = pixels();
        var duplicates = duplicates();
        var components = components(pixels);
        var boxes = BoxInspector.inspect(data, all);
        var findings =
                new Findings(data.classes(), parts, imbalance, sizes, pixels, corrupt, duplicates, boxes).inOrder();
        return new Inspection(
                data.description(),
                data.classes(),
                data.multiLabel(),
                findings,
                parts,
                imbalance,
                sizes,
                pixels,
                corrupt,
                duplicates,
                components,
                galleries(),
                boxes);
    }

    private PartCounts counts(Part part) {
        int[] perClass = new int[data.classes().size()];
        int unlabelled = 0;
        for (int i = 0; i < part.dataset().size(); i++) {
            List<Label> labels = part.dataset().annotation(i).labels();
            unlabelled += labels.isEmpty() ? 1 : 0;
            labels.forEach(label -> perClass[label.index()]++);
        }
        return new PartCounts(
                part.name(),
                part.dataset().size(),
                Arrays.stream(perClass).boxed().toList(),
                unlabelled);
    }

    private List<Facts> facts() {
        return IntStream.range(0, all.size())
                .mapToObj(all::facts)
                .flatMap(Optional::stream)
                .toList();
    }

    private Sizes sizes() {
        Map<Size, Integer> counts = new HashMap<>();
        facts().forEach(f -> counts.merge(f.size(), 1, Integer::sum));
        return new Sizes(counts.entrySet().stream()
                .map(e -> new SizeCount(e.getKey(), e.getValue()))
                .sorted(Comparator.comparingInt(SizeCount::pictures)
                        .thenComparingLong(c -> c.size().area())
                        .thenComparingInt(c -> c.size().width())
                        .reversed())
                .toList());
    }

    private Pixels pixels() {
        var facts = facts();
        int grey = (int) facts.stream().filter(f -> f.channels() == 1).count();
        int greyAsRgb = (int) facts.stream().filter(Facts::greyAsRgb).count();
        var histograms = IntStream.range(0, 3)
                .mapToObj(
                        c -> LongStream.of(all.channels().histogram(c)).boxed().toList())
                .toList();
        return new Pixels(
                grey,
                facts.size() - grey,
                greyAsRgb,
                all.channels().mean(),
                all.channels().std(),
                histograms,
                all.meanImage());
    }

    private Optional<PrincipalComponents> components(Pixels pixels) {
        List<Image> sample = all.forComponents();
        boolean colour = pixels.rgb() > pixels.greyAsRgb();
        return sample.size() < 2
                ? Optional.empty()
                : Optional.of(PrincipalComponents.of(sample, sample.get(0).size(), colour ? 3 : 1));
    }

    /** A group with the places of its pictures in the whole. */
    private record Places(List<Integer> indices, DuplicateGroup group) {}

    private List<DuplicateGroup> duplicates() {
        int[] readable = IntStream.range(0, all.size())
                .filter(i -> all.facts(i).isPresent())
                .toArray();
        List<Places> groups = new ArrayList<>();
        for (List<Integer> places : DuplicateSearch.groups(facts())) {
            List<Integer> indices =
                    places.stream().map(place -> readable[place]).toList();
            groups.add(new Places(indices, group(indices, false)));
        }
        groups.sort(Comparator.comparing((Places p) -> !p.group().isAcrossParts())
                .thenComparing(p -> !p.group().isAcrossLabels())
                .thenComparing(p -> !p.group().identical())
                .thenComparing(p -> p.indices().get(0)));
        List<DuplicateGroup> shown = new ArrayList<>();
        for (Places p : groups) {
            shown.add(shown.size() < GROUPS_WITH_THUMBNAILS ? group(p.indices(), true) : p.group());
        }
        return shown;
    }

    private DuplicateGroup group(List<Integer> indices, boolean thumbnails) {
        Facts first = all.facts(indices.get(0)).orElseThrow();
        boolean identical =
                indices.stream().allMatch(i -> all.facts(i).orElseThrow().isIdentical(first));
        List<Member> members = new ArrayList<>();
        for (int index : indices) {
            List<String> labels =
                    all.annotation(index).labels().stream().map(Label::name).toList();
            boolean shown = thumbnails && members.size() < THUMBNAILS_OF_GROUP;
            members.add(new Member(
                    all.part(index).name(),
                    all.source(index),
                    labels,
                    shown ? Optional.of(thumbnail(index)) : Optional.empty()));
        }
        return new DuplicateGroup(identical, members);
    }

    /** For each class a few pictures, spread over the part that has the most of it read. */
    private List<Gallery> galleries() {
        List<List<Integer>> ofClass = new ArrayList<>();
        data.classes().forEach(name -> ofClass.add(new ArrayList<>()));
        for (int i = 0; i < data.train().size(); i++) {
            if (all.facts(i).isPresent()) {
                int index = i;
                data.train().annotation(i).labels().forEach(l -> ofClass.get(l.index())
                        .add(index));
            }
        }
        List<Gallery> galleries = new ArrayList<>();
        for (int c = 0; c < Math.min(MOST_GALLERIES, ofClass.size()); c++) {
            List<Integer> of = ofClass.get(c);
            int shown = Math.min(GALLERY, of.size());
            List<Image> thumbnails = IntStream.range(0, shown)
                    .mapToObj(i -> thumbnail(of.get((int) ((long) i * of.size() / shown))))
                    .toList();
            galleries.add(new Gallery(data.classes().get(c), thumbnails));
        }
        return galleries;
    }

    /** The whole picture at most 112 pixels high; smaller ones as they are. */
    private Image thumbnail(int index) {
        Image image;
        try {
            image = all.picture(index, new Size(THUMBNAIL_HEIGHT, THUMBNAIL_HEIGHT));
        } catch (IOException e) { // it was readable a moment ago
            throw new UncheckedIOException(e.getMessage(), e);
        }
        double scale = Math.min(
                1, Math.min((double) THUMBNAIL_HEIGHT / image.height(), (double) THUMBNAIL_WIDTH / image.width()));
        var size = new Size(Math.max(1, (int) Math.round(image.height() * scale)), Math.max(1, (int)
                Math.round(image.width() * scale)));
        return Resample.resize(image, size, Interpolation.BILINEAR);
    }
}
