package dev.fovea.data.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fovea.data.inspect.Inspection.DuplicateGroup;
import dev.fovea.data.inspect.Inspection.PartCounts;
import dev.fovea.data.inspect.Inspection.Sizes;
import java.util.List;
import java.util.Locale;

/** The JSON form of an inspection. Values of pixels are 0-1, sizes are pixels. */
final class InspectionJson {
    private static final int MOST_GROUPS = 1000;
    private static final int MOST_SIZES = 100;
    private static final int MOST_COMPONENTS = 64;

    private InspectionJson() {}

    static ObjectNode of(Inspection i) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("description", i.description());
        json.put("pictures", i.pictures());
        json.put("multiLabel", i.multiLabel());
        i.classes().forEach(json.putArray("classes")::add);
        findings(json.putArray("findings"), i);
        parts(json.putArray("parts"), i);
        ObjectNode imbalance = json.putObject("imbalance");
        if (Double.isInfinite(i.imbalance().ratio())) {
            imbalance.putNull("ratio");
        } else {
            imbalance.put("ratio", i.imbalance().ratio());
        }
        imbalance.put("largest", i.imbalance().largest());
        imbalance.put("smallest", i.imbalance().smallest());
        imbalance.put("advice", i.imbalance().advice());
        sizes(json.putObject("sizes"), i.sizes());
        pixels(json, i);
        corrupt(json.putArray("corrupt"), i);
        duplicates(json.putObject("nearDuplicates"), i.duplicates());
        i.boxes().ifPresent(b -> boxes(json.putObject("boxes"), b));
        i.components().ifPresent(c -> {
            ObjectNode node = json.putObject("principalComponents");
            node.put("width", c.size().width());
            node.put("height", c.size().height());
            node.put("channels", c.channels());
            node.put("pictures", c.samples());
            node.put("for90Percent", c.needed(0.9));
            node.put("for95Percent", c.needed(0.95));
            node.put("for99Percent", c.needed(0.99));
            ArrayNode explained = node.putArray("explained");
            c.explained().stream().limit(MOST_COMPONENTS).forEach(explained::add);
        });
        return json;
    }

    private static void boxes(ObjectNode to, BoxFacts boxes) {
        to.put("objects", boxes.objects());
        to.put("crowds", boxes.crowds());
        to.put("difficult", boxes.difficult());
        to.put("picturesWithoutObjects", boxes.withoutObjects());
        to.put("mostInPicture", boxes.mostInPicture());
        ObjectNode perClass = to.putObject("perClass");
        for (var each : boxes.perClass()) {
            perClass.putObject(each.name())
                    .put("small", each.small())
                    .put("medium", each.medium())
                    .put("large", each.large());
        }
        ArrayNode dropped = to.putArray("dropped");
        boxes.dropped().forEach(d -> dropped.addObject()
                .put("source", d.source())
                .put("box", d.text())
                .put("reason", d.reason()));
        boxes.outOfFrame().forEach(to.putArray("outOfFrame")::add);
        boxes.duplicates().forEach(to.putArray("duplicates")::add);
    }

    private static void findings(ArrayNode to, Inspection i) {
        for (var finding : i.findings()) {
            to.addObject()
                    .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                    .put("text", finding.text());
        }
    }

    private static void parts(ArrayNode to, Inspection i) {
        for (PartCounts part : i.parts()) {
            ObjectNode node = to.addObject();
            node.put("name", part.name());
            node.put("pictures", part.pictures());
            node.put("unlabelled", part.unlabelled());
            ObjectNode perClass = node.putObject("perClass");
            for (int c = 0; c < i.classes().size(); c++) {
                perClass.put(i.classes().get(c), part.perClass().get(c));
            }
        }
    }

    private static void sizes(ObjectNode to, Sizes sizes) {
        spread(to.putObject("width"), sizes.widths());
        spread(to.putObject("height"), sizes.heights());
        to.put("distinct", sizes.counts().size());
        ArrayNode frequent = to.putArray("mostFrequent");
        sizes.counts().stream().limit(MOST_SIZES).forEach(count -> frequent.addObject()
                .put("width", count.size().width())
                .put("height", count.size().height())
                .put("pictures", count.pictures()));
    }

    private static void spread(ObjectNode to, List<Integer> values) {
        to.put("min", values.get(0)).put("median", values.get(1)).put("max", values.get(2));
    }

    private static void pixels(ObjectNode json, Inspection i) {
        json.putObject("channels")
                .put("grey", i.pixels().grey())
                .put("rgb", i.pixels().rgb())
                .put("greyStoredAsRgb", i.pixels().greyAsRgb());
        ObjectNode pixels = json.putObject("pixels");
        i.pixels().mean().forEach(pixels.putArray("mean")::add);
        i.pixels().std().forEach(pixels.putArray("std")::add);
    }

    private static void corrupt(ArrayNode to, Inspection i) {
        i.corrupt().forEach(c -> to.addObject().put("source", c.source()).put("reason", c.reason()));
    }

    private static void duplicates(ObjectNode to, List<DuplicateGroup> groups) {
        to.put("groups", groups.size());
        to.put("pictures", groups.stream().mapToInt(g -> g.members().size()).sum());
        to.put(
                "acrossParts",
                groups.stream().filter(DuplicateGroup::isAcrossParts).count());
        to.put(
                "acrossLabels",
                groups.stream().filter(DuplicateGroup::isAcrossLabels).count());
        ArrayNode listed = to.putArray("listed");
        for (DuplicateGroup group : groups.subList(0, Math.min(MOST_GROUPS, groups.size()))) {
            ObjectNode node = listed.addObject();
            node.put("identical", group.identical());
            ArrayNode members = node.putArray("members");
            for (var member : group.members()) {
                ObjectNode each = members.addObject();
                each.put("part", member.part());
                each.put("source", member.source());
                member.labels().forEach(each.putArray("labels")::add);
            }
        }
    }
}
