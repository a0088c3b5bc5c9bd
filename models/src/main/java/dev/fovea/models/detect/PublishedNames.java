package dev.fovea.models.detect;

import java.util.regex.Pattern;

/** What keys of published files of detectors are called here: the reference renames them when it loads them. */
final class PublishedNames {
    private static final Pattern PYRAMID =
            Pattern.compile("(.*\\bfpn\\.(?:inner|layer)_blocks\\.\\d+)\\.(weight|bias)");
    private static final Pattern TOWER =
            Pattern.compile("(head\\.(?:classification|regression)_head\\.conv)\\.([0246])\\.(weight|bias)");
    private static final Pattern PROPOSALS = Pattern.compile("rpn\\.head\\.conv\\.(weight|bias)");

    private PublishedNames() {}

    /** {@code fpn.inner_blocks.0.weight} is {@code fpn.inner_blocks.0.0.weight}. */
    static String pyramid(String key) {
        return PYRAMID.matcher(key).replaceFirst("$1.0.$2");
    }

    /** RetinaNet's {@code conv.2.weight}, between activations, is {@code conv.1.0.weight}. */
    static String towers(String key) {
        var matcher = TOWER.matcher(key);
        return matcher.matches()
                ? matcher.group(1) + "." + Integer.parseInt(matcher.group(2)) / 2 + ".0." + matcher.group(3)
                : key;
    }

    /** {@code rpn.head.conv.weight} is {@code rpn.head.conv.0.0.weight}. */
    static String proposals(String key) {
        return PROPOSALS.matcher(key).replaceFirst("rpn.head.conv.0.0.$1");
    }
}
