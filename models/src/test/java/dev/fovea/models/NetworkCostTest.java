package dev.fovea.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of costs is what measuring gives. */
class NetworkCostTest {
    /** Beyond this a run takes too long for a unit test; {@code -Dfovea.costs=all} measures everything. */
    private static final long QUICK_PARAMETERS = 30_000_000L;

    private static final long QUICK_MULTIPLY_ADDS = 2_000_000_000L;

    @Test
    void every_network_is_in_the_table() {
        var missing = Models.all().stream()
                .filter(a -> NetworkCost.find(a).isEmpty())
                .map(Architecture::name)
                .toList();
        assertThat(missing)
                .as("run 'fovea models measure --missing --out"
                        + " models/src/main/resources/dev/fovea/models/network-costs.tsv'")
                .isEmpty();
    }

    @Test
    void the_table_knows_registered_networks_alone_in_their_order() {
        var names = Models.all().stream().map(Architecture::name).toList();
        var known = new ArrayList<>(NetworkCost.table().keySet());
        assertThat(names).containsSubsequence(known);
    }

    @ParameterizedTest
    @MethodSource("sample")
    void measuring_again_gives_the_same(String name) {
        var architecture = Models.any(name);
        assertThat(NetworkCost.find(architecture)).contains(NetworkCost.measure(architecture));
    }

    /** The cheapest network of each paper, as far as it is quick; all of them on demand. */
    static Stream<String> sample() {
        if (System.getProperty("fovea.costs", "").equals("all")) {
            return NetworkCost.table().keySet().stream();
        }
        return NetworkCost.table().values().stream()
                .collect(Collectors.groupingBy(
                        c -> Models.any(c.name()).paper(),
                        TreeMap::new,
                        Collectors.minBy(Comparator.comparingLong(NetworkCost::multiplyAdds))))
                .values()
                .stream()
                .flatMap(c -> c.stream())
                .filter(c -> c.parameters() < QUICK_PARAMETERS && c.multiplyAdds() < QUICK_MULTIPLY_ADDS)
                .map(NetworkCost::name);
    }

    @Test
    void what_is_written_is_what_is_read() throws IOException {
        try (var resource = NetworkCost.class.getResourceAsStream("network-costs.tsv")) {
            assertThat(NetworkCost.write(NetworkCost.table().values()))
                    .isEqualTo(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The authors count some small things differently, such as the products inside attention. */
    @Test
    void figures_are_near_the_published_ones() throws IOException {
        int compared = 0;
        try (var files = Files.list(SharedData.require("golden/classification"))) {
            for (var file : files.sorted().toList()) {
                var golden = new ObjectMapper().readTree(file.toFile());
                var published = golden.path("published").path("gflops_published");
                var cost = NetworkCost.table().get(golden.path("model").asText());
                if (published.isNumber()
                        && cost != null
                        && cost.size()
                                == golden.path("published").path("crop_size").asInt()) {
                    assertThat(cost.multiplyAdds() / 1e9)
                            .as(cost.name())
                            .isCloseTo(published.asDouble(), withinPercentage(3));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(5);
    }
}
